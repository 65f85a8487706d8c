// Installs and starts code-server: the real VS Code workbench and extension host, from the npm registry alone.
// It lives in the cache folder, never in node_modules, because it needs a newer Node and is a hundred times our size.

import { spawn, spawnSync } from 'node:child_process';
import {
  createWriteStream,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { CACHE, run } from '../common.mjs';

/** The release and the Node it needs. */
const VERSION = '4.139.1';
const NODE_VERSION = '24.21.0';
/** What `code --version` prints for it: version, and a commit that only has to look like one. */
export const VSCODE_VERSION = '1.139.1';
/** The longest a start has taken is 6 seconds; a loaded machine may need much more. */
const START_TIMEOUT_MS = 90_000;
const STOP_TIMEOUT_MS = 5_000;

export interface CodeServer {
  /** Path of the Node program to run it with. */
  readonly node: string;
  readonly entry: string;
}

export interface Server {
  readonly url: string;
  /** `127.0.0.1:port`, the authority of its vscode-remote URIs. */
  readonly authority: string;
  /** Where its output goes. */
  readonly log: string;
  /** Resolves when the process has ended, also without stop(). */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

export interface ServerOptions {
  /** Port to listen on; 0 takes a free one. */
  readonly port?: number;
  /** Enables the hooks that in-host test runs need. They hide notifications: not for pictures. */
  readonly automation?: boolean;
  readonly env?: NodeJS.ProcessEnv;
}

const SETTINGS = {
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'files.autoSave': 'off',
  'git.enabled': false,
  'js/ts.tsserver.automaticTypeAcquisition.enabled': false,
  'npm.fetchOnlinePackageInfo': false,
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'typescript.disableAutomaticTypeAcquisition': true,
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
};

/** Why code-server cannot run on this machine, or undefined if it can. */
export function codeServerObstacle(): string | undefined {
  if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch))
    return `code-server runs on Linux (x64, arm64), this is ${process.platform} ${process.arch}`;
  return undefined;
}

/**
 * Gives code-server, installing it on first use (about 40 seconds, 460 MB). Takes a function that is told what goes on.
 * Throws if the platform is not supported or npm fails.
 */
export async function ensureCodeServer(say: (line: string) => void): Promise<CodeServer> {
  const obstacle = codeServerObstacle();
  if (obstacle !== undefined) throw new Error(obstacle);
  const home = join(CACHE, `code-server-${VERSION}`);
  if (!existsSync(join(home, 'complete'))) {
    say(`installing code-server ${VERSION} into ${home} (once, about a minute)`);
    const part = `${home}.${process.pid}`;
    await install(part);
    writeFileSync(join(part, 'complete'), '');
    rmSync(home, { recursive: true, force: true });
    renameSync(part, home);
  }
  return {
    node: join(home, 'node_modules', nodePackage(), 'bin', 'node'),
    entry: join(home, 'node_modules', 'code-server', 'out', 'node', 'entry.js'),
  };
}

const nodePackage = () => `node-linux-${process.arch}`;

async function install(home: string): Promise<void> {
  rmSync(home, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, 'package.json'), '{ "private": true }\n');
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund'];
  await npm(home, [
    'install',
    '--save-exact',
    ...quiet,
    `${nodePackage()}@${NODE_VERSION}`,
    `code-server@${VERSION}`,
  ]);
  const nodeHome = join(home, 'node_modules', nodePackage());
  const vscode = join(home, 'node_modules', 'code-server', 'lib', 'vscode');
  const env = {
    ...process.env,
    PATH: `${join(nodeHome, 'bin')}:${process.env.PATH ?? ''}`,
    npm_config_nodedir: nodeHome,
  };
  await npm(vscode, ['install', '--omit=dev', ...quiet], env);
  await npm(join(vscode, 'extensions'), ['install', '--omit=dev', ...quiet], env);
  // Two native modules only serve logging and a watchdog: without a compiler the log has more noise, nothing else.
  if (spawnSync('g++', ['--version']).status === 0)
    await run('npm', ['rebuild', '@vscode/spdlog', '@vscode/native-watchdog'], { cwd: vscode, env });
  for (const unused of [
    join(vscode, 'node_modules', '@github'),
    join(vscode, 'node_modules', '@microsoft', 'mxc-sdk'),
    join(vscode, 'extensions', 'copilot'),
    join(vscode, 'extensions', 'mermaid-markdown-features'),
    join(nodeHome, 'include'),
  ])
    rmSync(unused, { recursive: true, force: true });
}

async function npm(cwd: string, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<void> {
  const { code, text } = await run('npm', args, { cwd, env });
  if (code !== 0) throw new Error(`npm ${args.join(' ')} in ${cwd} failed with exit code ${code}:\n${text}`);
}

/** Makes a fresh profile folder with quiet settings; `settings` are added to them. */
export function makeProfile(profile: string, settings: Record<string, unknown> = {}): void {
  for (const name of ['User', 'home', 'tmp', 'ext']) mkdirSync(join(profile, name), { recursive: true });
  writeFileSync(join(profile, 'config.yaml'), '{}\n');
  writeFileSync(
    join(profile, 'User', 'settings.json'),
    JSON.stringify({ ...SETTINGS, ...settings }, null, 2),
  );
}

/** Writes the settings of the machine, where the endpoint and the budgets of the AI features are read from. */
export function machineSettings(profile: string, settings: Record<string, unknown>): void {
  mkdirSync(join(profile, 'Machine'), { recursive: true });
  writeFileSync(join(profile, 'Machine', 'settings.json'), JSON.stringify(settings, null, 2));
}

/** Installs a VSIX into the profile. Throws with what code-server printed if it refuses. */
export async function installVsix(code: CodeServer, profile: string, vsix: string): Promise<void> {
  const args = [...commonArgs(code, profile), '--install-extension', vsix, '--force'];
  const result = await run(code.node, args, { env: profileEnv(profile) });
  if (result.code !== 0) throw new Error(`code-server could not install ${vsix}:\n${result.text}`);
}

/**
 * Starts the server on a profile and resolves once it listens. The process and its children end with stop() or with this
 * process. Throws with the tail of the log if it ends early or does not listen in time.
 */
export function startServer(code: CodeServer, profile: string, options: ServerOptions = {}): Promise<Server> {
  const log = join(profile, 'server.log');
  const args = [
    ...commonArgs(code, profile),
    ...['--bind-addr', `127.0.0.1:${options.port ?? 0}`, '--auth', 'none'],
    ...['--disable-telemetry', '--disable-update-check', '--disable-workspace-trust'],
    ...['--disable-getting-started-override', '--disable-proxy', '--ignore-last-opened'],
    ...(options.automation ? ['--vscode-option', 'enable-smoke-test-driver'] : []),
  ];
  const child = spawn(code.node, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env: { ...profileEnv(profile), ...options.env },
  });
  const file = createWriteStream(log);
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const killGroup = (signal: NodeJS.Signals) => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, signal);
    } catch {
      // The group is gone already, which is what is wanted.
    }
  };
  const atExit = () => killGroup('SIGKILL');
  process.once('exit', atExit);
  const stop = async () => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => killGroup('SIGKILL'), STOP_TIMEOUT_MS);
    await ended;
    clearTimeout(timer);
    killGroup('SIGKILL');
    process.off('exit', atExit);
  };
  return new Promise((resolve, reject) => {
    let text = '';
    const giveUp = (reason: string) => {
      void stop();
      reject(new Error(`code-server ${reason}; its log ${log} ends:\n${text.slice(-2000)}`));
    };
    const timer = setTimeout(() => giveUp(`did not listen within ${START_TIMEOUT_MS} ms`), START_TIMEOUT_MS);
    const early = () => giveUp('ended before it listened');
    child.once('close', early);
    const take = (chunk: string) => {
      file.write(chunk);
      text = (text + chunk).slice(-10_000);
      const at = /HTTP server listening on http:\/\/(127\.0\.0\.1:\d+)/.exec(text);
      if (at === null) return;
      clearTimeout(timer);
      child.off('close', early);
      resolve({ url: `http://${at[1]!}`, authority: at[1]!, log, ended, stop });
    };
    child.stdout.setEncoding('utf8').on('data', take);
    child.stderr.setEncoding('utf8').on('data', take);
  });
}

function commonArgs(code: CodeServer, profile: string): string[] {
  const folders = ['--user-data-dir', profile, '--extensions-dir', join(profile, 'ext')];
  return [code.entry, '--config', join(profile, 'config.yaml'), ...folders];
}

/** The environment in which nothing outside the profile is read or written, and no extension gallery is asked. */
function profileEnv(profile: string): NodeJS.ProcessEnv {
  const home = join(profile, 'home');
  const tmp = join(profile, 'tmp');
  const env: NodeJS.ProcessEnv = { ...process.env, HOME: home, TMPDIR: tmp, XDG_RUNTIME_DIR: tmp };
  env.XDG_CONFIG_HOME = join(home, '.config');
  env.XDG_DATA_HOME = join(home, '.local', 'share');
  env.XDG_CACHE_HOME = join(home, '.cache');
  env.EXTENSIONS_GALLERY = '{}';
  return env;
}

/** The last lines of a server's log, for error messages. */
export function logTail(server: Pick<Server, 'log'>, chars = 2000): string {
  return existsSync(server.log) ? readFileSync(server.log, 'utf8').slice(-chars) : '';
}
