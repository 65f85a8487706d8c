// The commands and options of `faultline`, their help, and what becomes of errors.
// Parses with commander; the commands themselves are in scan.ts and words.ts.

import { availableParallelism } from 'node:os';
import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { MB } from '../project/limits.ts';
import { paintFor } from '../report/paint.ts';
import { ruleInfos } from '../report/rules.ts';
import { PipeClosed, UserError, writeAll } from './io.ts';
import type { Io } from './io.ts';
import { accept, audit } from './audit.ts';
import { FORMATS, runScan, scan } from './scan.ts';
import type { ScanArguments } from './scan.ts';
import { verify } from './verify.ts';
import type { VerifyArguments } from './verify.ts';
import { explainRule, listRules, rulesJson } from './words.ts';

const FAILURE = 2;
const MOST_WORKERS = 4;

/** Runs `faultline` with these arguments (without node and script). Never rejects; gives the exit code. */
export async function runCommand(args: readonly string[], io: Io): Promise<number> {
  const out: { code: number } = { code: 0 };
  try {
    await program(io, out).parseAsync([...args], { from: 'user' });
    return out.code;
  } catch (error) {
    return failure(error, args, io);
  }
}

async function failure(error: unknown, args: readonly string[], io: Io): Promise<number> {
  if (error instanceof PipeClosed) return 0;
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : FAILURE;
  const expected = error instanceof UserError;
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  const detail = !expected && args.includes('--verbose') ? `\n${stack ?? ''}` : '';
  const text = `faultline: ${expected ? '' : 'internal error: '}${message.replace(/\s*\n\s*/g, ' ')}${detail}\n`;
  // If even standard error is gone, the exit code still tells.
  await writeAll(io.stderr, [text], 'to standard error').catch(() => undefined);
  return FAILURE;
}

function program(io: Io, out: { code: number }): Command {
  const command = new Command('faultline')
    .description('Finds security flaws by following data across functions and files.')
    .version(io.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      outputError: (text, write) => write(oneLine(text)),
    });
  addScan(command, io, out);
  addAccepted(command, io, out);
  addVerify(command, io, out);
  addWords(command, io);
  return command;
}

function addScan(command: Command, io: Io, out: { code: number }): void {
  command
    .command('scan')
    .description('Analyses files and folders and prints what it found.')
    .argument('<path...>', 'files and folders; a file named here is analysed even if it is ignored')
    .addOption(new Option('-f, --format <format>', 'form of the report').choices(FORMATS).default('text'))
    .option('-o, --output <file>', 'write the report to a file instead of standard output')
    .addOption(
      new Option('--severity <level>', 'leave out findings below this severity')
        .choices(['error', 'warning', 'info'])
        .default('info'),
    )
    .addOption(
      new Option('--confidence <level>', 'leave out findings below this confidence')
        .choices(['low', 'medium', 'high'])
        .default('low'),
    )
    .option('--exclude <glob>', 'leave out files and folders; may be given several times', append)
    .addOption(
      new Option(
        '--max-file-size <size>',
        'skip larger files, e.g. 500KB or 2MB (default: 1MB, or what .faultline says)',
      ).argParser(bytes),
    )
    .addOption(
      new Option(
        '--library-mode <mode>',
        'parameters of exported functions are untrusted input (default: auto, or what .faultline says)',
      ).choices(['auto', 'on', 'off']),
    )
    .option('--workers <n>', 'parallel workers, 1 to 4; the result is the same', workers, defaultWorkers())
    .option('--no-project', 'leave settings, models and baseline in .faultline aside')
    .option('--no-color', 'no colours (also: NO_COLOR)')
    .option('--no-progress', 'no progress bar')
    .option('-q, --quiet', 'print findings and failures only')
    .option('-v, --verbose', 'list every skipped file and every path')
    .addHelpText('after', EXAMPLES)
    .action(async (paths: string[], given: Partial<ScanArguments>) => {
      const unset = { exclude: [], quiet: false, verbose: false };
      // Commander fills in every option that has a default above.
      out.code = await scan(paths, { ...unset, ...given } as ScanArguments, io);
    });
}

/** A whole scan with nothing left out, for commands that ask about suppressions. */
const WHOLE: ScanArguments = {
  format: 'text',
  workers: defaultWorkers(),
  exclude: [],
  severity: 'info',
  confidence: 'low',
  project: true,
  color: false,
  progress: true,
  quiet: false,
  verbose: false,
};

function addAccepted(command: Command, io: Io, out: { code: number }): void {
  command
    .command('audit')
    .description('Lists every suppression: comments, entries of .faultline/faultline.yaml, the baseline.')
    .argument('<path...>', 'files and folders')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      '\nExit code: 0 all are in order, 1 some are expired, unused or without a reason.\n',
    )
    .action(async (paths: string[], { json }: { json?: boolean }) => {
      const run = await runScan(paths, WHOLE, io);
      out.code = run === undefined ? FAILURE : await audit(run, json === true, io);
    });
  command
    .command('accept')
    .description(
      'Writes all findings into .faultline/baseline.json; from then on only new ones are reported.',
    )
    .argument('<path...>', 'files and folders')
    .option('--prune', 'also take out entries that nothing corresponds to any more')
    .action(async (paths: string[], { prune }: { prune?: boolean }) => {
      const run = await runScan(paths, WHOLE, io);
      out.code = run === undefined ? FAILURE : await accept(run, prune === true, io);
    });
}

const EXAMPLES = `
Exit code: 0 no findings, 1 findings, 2 a failure or a file that could not be analysed.

Examples:
  faultline scan .
  faultline scan src --severity warning --confidence medium
  faultline scan . --format sarif --output faultline.sarif
  faultline scan . --exclude test --exclude '**/*.spec.ts'
`;

function addVerify(command: Command, io: Io, out: { code: number }): void {
  command
    .command('verify')
    .description('Says whether a patch mends a finding, and why not. Changes no file.')
    .argument('[path...]', 'files and folders to analyse; the working folder if none is given', ['.'])
    .requiredOption('--finding <id>', 'the finding: its id as `faultline scan` prints it')
    .requiredOption('--patch <file>', 'a unified diff, `-` for standard input; paths as seen from here')
    .option('--exclude <glob>', 'leave out files and folders; may be given several times', append)
    .addOption(new Option('--max-file-size <size>', 'skip larger files, e.g. 500KB or 2MB').argParser(bytes))
    .addOption(
      new Option('--library-mode <mode>', 'parameters of exported functions are untrusted input').choices([
        'auto',
        'on',
        'off',
      ]),
    )
    .option('--json', 'as JSON')
    .addHelpText('after', VERIFY_HELP)
    .action(async (paths: string[], given: Partial<VerifyArguments>) => {
      out.code = await verify(paths, { exclude: [], json: false, ...given } as VerifyArguments, io);
    });
}

const VERIFY_HELP = `
Exit code: 0 accepted, 1 refused, 2 the patch does not fit or something failed.

A patch is accepted if the finding is gone, no other has come, no check was removed and no warning silenced, and if it
is known what ended the flow: it must come back when that is not believed. Tests are not run.

Examples:
  git diff --relative | faultline verify --finding 3f2a9c01ab --patch -
  faultline verify --finding 3f2a9c01ab --patch fix.diff src
`;

function addWords(command: Command, io: Io): void {
  const paint = paintFor(true, io.stdout, io.env);
  command
    .command('rules')
    .description('Lists the rules with severity and weakness.')
    .option('--json', 'as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const rules = ruleInfos(await io.rules());
      await writeAll(io.stdout, json ? rulesJson(rules) : listRules(rules, paint), 'to standard output');
    });
  command
    .command('explain')
    .description('Explains a rule: what it finds, why it matters, what to do.')
    .addArgument(new Argument('<id>', 'a rule as `faultline rules` lists it'))
    .action(async (id: string) => {
      await writeAll(io.stdout, explainRule(ruleInfos(await io.rules()), id, paint), 'to standard output');
    });
}

/** Commander writes `error: …` and hints on lines of their own. */
function oneLine(text: string): string {
  return `faultline: ${text
    .trim()
    .replace(/^error: /, '')
    .replace(/\s*\n\s*/g, ' ')}\n`;
}

function append(value: string, all: readonly string[] = []): readonly string[] {
  return [...all, value];
}

function bytes(value: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*(?:([km])i?b?|b)?$/i.exec(value.trim());
  if (match === null) throw new InvalidArgumentError('Write a size such as 500KB, 2MB or 1000000.');
  const unit = match[2]?.toLowerCase();
  const size = Math.floor(Number(match[1]) * (unit === 'm' ? MB : unit === 'k' ? 1024 : 1));
  if (size < 1) throw new InvalidArgumentError('It must be at least one byte.');
  return size;
}

function workers(value: string): number {
  const count = Number(value);
  if (Number.isInteger(count) && count >= 1 && count <= MOST_WORKERS && /^\d+$/.test(value)) return count;
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${MOST_WORKERS}.`);
}

function defaultWorkers(): number {
  return Math.min(MOST_WORKERS, Math.max(1, availableParallelism()));
}
