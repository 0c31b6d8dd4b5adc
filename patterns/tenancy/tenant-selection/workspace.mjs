// Decides in which workspace a request works. Needs Node 20, no packages.

/**
 * Returns the workspace, or undefined when the request must be answered with 403.
 *
 * `claims` are those of a verified token, with the list `workspaces`. `wish` is the header
 * `X-Workspace`, or the part of the path; undefined when the client sent none.
 */
export function chooseWorkspace(claims, wish) {
  const allowed = Array.isArray(claims.workspaces) ? claims.workspaces : [];
  if (wish !== undefined) return allowed.find((name) => name === wish);
  // Without a wish there must be nothing to choose. The first of several would be a guess.
  return allowed.length === 1 ? allowed[0] : undefined;
}
