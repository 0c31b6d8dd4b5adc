from collections.abc import Callable

import anyio
from mcp.server.auth.middleware.auth_context import get_access_token
from mcp.server.auth.provider import AccessToken, TokenVerifier
from mcp.server.auth.settings import AuthSettings
from mcp.server.mcpserver import MCPServer
from mcp.server.transport_security import TransportSecuritySettings
from starlette.applications import Starlette

ISSUER = "https://login.example.com"
RESOURCE = "https://api.example.com/mcp"


class Verifier(TokenVerifier):
    def __init__(self, verify: Callable[[str], dict | None]):
        self.verify = verify

    async def verify_token(self, token: str) -> AccessToken | None:
        # In a thread: it may have to fetch keys.
        claims = await anyio.to_thread.run_sync(self.verify, token)
        if claims is None:
            return None
        audiences = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
        return AccessToken(
            token=token,
            client_id=claims["client_id"],
            subject=claims["sub"],
            scopes=claims.get("scope", "").split(),
            expires_at=claims["exp"],
            resource=RESOURCE if RESOURCE in audiences else audiences[0],
            claims={"iss": claims["iss"]},
        )


def create_app(verify: Callable[[str], dict | None]) -> Starlette:
    server = MCPServer(
        "acme",
        token_verifier=Verifier(verify),
        auth=AuthSettings(
            issuer_url=ISSUER,
            resource_server_url=RESOURCE,
            required_scopes=["mcp:read"],
            validate_token_resource=True,
        ),
    )

    @server.tool()
    def whoami() -> str:
        """Says who is calling."""
        token = get_access_token()
        return (token and token.subject) or "nobody"

    # TLS ends at the proxy in front; the app listens on 127.0.0.1 and takes requests for this host only.
    hosts = TransportSecuritySettings(allowed_hosts=["api.example.com"])
    return server.streamable_http_app(stateless_http=True, json_response=True, transport_security=hosts)
