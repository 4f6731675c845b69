/** The commands that were carried out last: what comes twice does nothing, and yields what it yielded. */

/** A command that was carried out, and what it yielded. */
export interface RecentCommand<Result> {
  readonly id: string;
  readonly result: Result;
}

/** How many are remembered. */
const MOST = 50;

/** These commands with one more; the oldest goes. */
export function remembering<Result>(
  commands: readonly RecentCommand<Result>[],
  command: RecentCommand<Result>,
): readonly RecentCommand<Result>[] {
  return [...commands, command].slice(-MOST);
}

/** What a command that was seen before yielded. */
export function resultOf<Result>(
  { commands }: { readonly commands: readonly RecentCommand<Result>[] },
  commandId: string,
): Result | undefined {
  return commands.find(({ id }) => id === commandId)?.result;
}
