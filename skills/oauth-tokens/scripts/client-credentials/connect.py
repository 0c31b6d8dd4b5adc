import asyncio
import os
from pathlib import Path

import httpx2
from mcp.client import Client
from mcp.client.auth import TokenStorage
from mcp.client.auth.extensions.client_credentials import PrivateKeyJWTOAuthProvider, SignedJWTParameters
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import OAuthClientInformationFull, OAuthToken

SERVER = "https://api.example.com/mcp"


class Memory(TokenStorage):
    """Forgets the token at the end of the process. The next run gets a new one."""

    tokens: OAuthToken | None = None

    async def get_tokens(self) -> OAuthToken | None:
        return self.tokens

    async def set_tokens(self, tokens: OAuthToken) -> None:
        self.tokens = tokens

    async def get_client_info(self) -> None:
        return None

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        raise NotImplementedError("this client is registered by hand")


async def main() -> None:
    assertion = SignedJWTParameters(
        issuer="reports",
        subject="reports",
        signing_key=Path(os.environ["ACME_SIGNING_FILE"]).read_text(),
        signing_algorithm="ES256",
        lifetime_seconds=60,
    )
    auth = PrivateKeyJWTOAuthProvider(
        SERVER,
        Memory(),
        client_id="reports",
        assertion_provider=assertion.create_assertion_provider(),
        scope="mcp:read",
        # The assertion goes to this authorization server and to no other, whatever the MCP server says.
        issuer="https://login.example.com",
    )
    async with httpx2.AsyncClient(auth=auth) as http:
        async with Client(streamable_http_client(SERVER, http_client=http)) as client:
            print(*(tool.name for tool in (await client.list_tools()).tools))


asyncio.run(main())
