import asyncio
import sys
from urllib.parse import parse_qs, urlsplit

import httpx2
from mcp.client import Client
from mcp.client.auth import OAuthClientProvider, OAuthFlowError, TokenStorage
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import AuthorizationCodeResult, OAuthClientInformationFull, OAuthClientMetadata, OAuthToken

SERVER = "https://api.example.com/mcp"
ISSUER = "https://login.example.com"


class Memory(TokenStorage):
    """Forgets everything at the end of the process."""

    tokens: OAuthToken | None = None
    # The registration, and the authorization server that it belongs to: the SDK sends it to no other.
    client = OAuthClientInformationFull(client_id="desktop-app", token_endpoint_auth_method="none", issuer=ISSUER)

    async def get_tokens(self) -> OAuthToken | None:
        return self.tokens

    async def set_tokens(self, tokens: OAuthToken) -> None:
        self.tokens = tokens

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        return self.client

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        self.client = client_info


async def main() -> None:
    answers: asyncio.Queue[dict[str, list[str]]] = asyncio.Queue()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        url = urlsplit((await reader.readline()).decode().split(" ")[1])
        while (await reader.readline()).strip():
            pass
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 24\r\n\r\nYou can close this page.")
        writer.close()
        if url.path == "/callback":
            await answers.put(parse_qs(url.query))

    async def open_browser(url: str) -> None:
        # The SDK goes on when the list is missing. The specification forbids that.
        metadata = auth.context.oauth_metadata
        if not metadata or "S256" not in (metadata.code_challenge_methods_supported or []):
            raise OAuthFlowError("the authorization server does not offer PKCE with S256")
        print("Open this address to sign in:", url, file=sys.stderr, flush=True)

    async def next_answer() -> AuthorizationCodeResult:
        async with asyncio.timeout(300):
            first = {name: values[0] for name, values in (await answers.get()).items()}
        # The SDK checks `state` and `iss`, if it gets them.
        return AuthorizationCodeResult(code=first.get("code", ""), state=first.get("state"), iss=first.get("iss"))

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as listener:
        redirect = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}/callback"
        metadata = OAuthClientMetadata(redirect_uris=[redirect], token_endpoint_auth_method="none")
        auth = OAuthClientProvider(SERVER, metadata, Memory(), open_browser, next_answer)
        async with httpx2.AsyncClient(auth=auth) as http:
            async with Client(streamable_http_client(SERVER, http_client=http)) as client:
                print(*(tool.name for tool in (await client.list_tools()).tools))


asyncio.run(main())
