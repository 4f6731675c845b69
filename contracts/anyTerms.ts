/** Reading terms that may be wrong in any way: what has not the right shape is passed over. */

/** A member of an object; undefined when there is none. */
export function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}

/** The members of an object, in their order. */
export function membersOf(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
}

/** Names of the members of an object's field. */
export function namesIn(value: unknown, name: string): string[] {
  return membersOf(field(value, name)).map(([member]) => member);
}
