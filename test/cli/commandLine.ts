import { Command } from 'commander';
import type { CliTools } from '../../cli/tools.ts';
import { UserError } from '../../cli/userError.ts';
import { Instant } from '../../events/ids.ts';
import { openSqliteEventStore } from '../../infra/eventStore/sqliteEventStore.ts';

export const now = Instant.parse(Date.parse('2025-10-15T09:00:00Z'));

type Add = (program: Command, tools: CliTools) => void;

/** A command line over a store in memory: runs one line, answers with what was printed. */
export const commandLine = (...commands: readonly Add[]) => {
  const store = openSqliteEventStore(':memory:');
  let out: string[] = [];
  const tools: CliTools = {
    openStore: () => ({ ...store, close: () => {} }),
    now: () => now,
    out: (line) => out.push(line),
    err: (line) => out.push(line),
    isTerminal: false,
  };
  return {
    store,
    /** What the last line printed, whether it ended well or not. */
    printed: (): readonly string[] => out,
    /** Throws what the command throws. */
    run: async (...words: readonly string[]): Promise<readonly string[]> => {
      out = [];
      const program = new Command()
        .exitOverride()
        .configureOutput({ writeOut: tools.out, writeErr: tools.err })
        .option('--store <file>', '', 'unused')
        .option('--json');
      for (const add of commands) add(program, tools);
      await program.parseAsync(words, { from: 'user' });
      return out;
    },
    /** The message of the `UserError` that the line ends in. */
    slip: async function (...words: readonly string[]): Promise<string> {
      try {
        await this.run(...words);
      } catch (error) {
        if (error instanceof UserError) return error.message;
        throw error;
      }
      throw new Error(`${words.join(' ')} was taken`);
    },
  };
};
