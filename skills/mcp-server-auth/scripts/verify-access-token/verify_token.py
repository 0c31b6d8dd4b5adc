import jwt

ISSUER = "https://login.example.com"
# The address of this MCP server, letter by letter as the authorization server writes it into `aud`.
RESOURCE = "https://api.example.com/mcp"
# `jwks_uri` in the issuer's metadata. Never an address that a token names.
KEYS = jwt.PyJWKClient("https://login.example.com/jwks", timeout=5)


def verify(token: str) -> dict | None:
    """Returns the claims, or None for a token that must be refused with 401.

    Raises PyJWKClientConnectionError when the keys cannot be had: that is a 500.
    """
    try:
        checked = jwt.decode_complete(
            token,
            KEYS.get_signing_key_from_jwt(token),
            algorithms=["RS256"],
            issuer=ISSUER,
            audience=RESOURCE,
            leeway=5,
            options={"require": ["exp", "sub", "client_id"]},
        )
    except jwt.PyJWKClientConnectionError:
        raise
    except (jwt.InvalidTokenError, jwt.PyJWKClientError):
        return None
    if str(checked["header"].get("typ")).lower().removeprefix("application/") != "at+jwt":
        return None
    # Bound to a key or a certificate: nobody has checked here that the caller holds it.
    if "cnf" in checked["payload"]:
        return None
    return checked["payload"]
