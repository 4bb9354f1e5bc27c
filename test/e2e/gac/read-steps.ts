/** The commands of a Markdown page: by heading, what stands after `npx emco` in its indented lines. */
export function readSteps(page: string): ReadonlyMap<string, readonly (readonly string[])[]> {
  const steps = new Map<string, string[][]>();
  let commands: string[][] = [];
  for (const line of page.split('\n')) {
    const heading = /^## (.*)$/.exec(line)?.[1];
    if (heading !== undefined) steps.set(heading, (commands = []));
    const command = /^ {4}npx emco (.*)$/.exec(line)?.[1];
    if (command !== undefined) commands.push(command.replace(/\s+#.*$/, '').split(/\s+/));
  }
  return steps;
}
