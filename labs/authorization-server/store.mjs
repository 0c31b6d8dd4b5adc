// Where the provider keeps sessions, codes, tokens and registered clients: in memory, one store from reset to reset.
// Nothing is removed when it expires: the provider looks at the time itself, and a test does not last long.

/** What the provider asks of an adapter, for one kind of thing such as `RefreshToken`. */
class Shelf {
  #items;

  constructor(items) {
    this.#items = items;
  }

  async upsert(id, payload) {
    this.#items.set(id, payload);
  }

  async find(id) {
    return this.#items.get(id);
  }

  async findByUid(uid) {
    return this.#search((payload) => payload.uid === uid);
  }

  async findByUserCode(userCode) {
    return this.#search((payload) => payload.userCode === userCode);
  }

  async consume(id) {
    this.#items.get(id).consumed = Math.floor(Date.now() / 1000);
  }

  async destroy(id) {
    this.#items.delete(id);
  }

  async revokeByGrantId(grantId) {
    for (const [id, payload] of this.#items) {
      if (payload.grantId === grantId) this.#items.delete(id);
    }
  }

  #search(matches) {
    return [...this.#items.values()].find(matches);
  }
}

/** An adapter factory for `new Provider`; two providers with the same store know the same tokens. */
export function createStore() {
  const kinds = new Map();
  return (kind) => {
    if (!kinds.has(kind)) kinds.set(kind, new Map());
    return new Shelf(kinds.get(kind));
  };
}
