// Builds the page into the folder that it is given; `dotnet build` calls it. On failure it says why in one line, and leaves no page there.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, closeSync, constants, existsSync, mkdirSync, openSync, renameSync, rmSync, rmdirSync, statSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(fileURLToPath(import.meta.url));
const page = resolve(process.argv[2]);
const made = `${page}.new`;
const logFile = `${page}.log`;

/** Says why there is no page, and ends. */
class NotBuilt extends Error {}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const isRight = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22;
  if (!isRight) throw new NotBuilt(`Node is ${process.versions.node}, and it takes 20.19 or 22.12 or newer`);
}

function run(what, command, args, environment, shell = false) {
  const log = openSync(logFile, 'a');
  try {
    const { status, error } = spawnSync(command, args, { cwd: root, env: { ...process.env, ...environment }, stdio: ['ignore', log, log], shell });
    if (error || status !== 0) throw new NotBuilt(`${what} failed${error ? ` (${error.message})` : ''}: see ${logFile}`);
  } finally {
    closeSync(log);
  }
}

function install() {
  // npm writes this one last.
  const stamp = join(root, 'node_modules', '.package-lock.json');
  if (existsSync(stamp) && statSync(stamp).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs) return;
  const environment = { npm_config_fetch_retries: '1', npm_config_fetch_retry_mintimeout: '1000', npm_config_fetch_timeout: '60000', npm_config_update_notifier: 'false' };
  if (!isWritable(homedir()) && !process.env.npm_config_cache) environment.npm_config_cache = `${page}.npm`;
  // On Windows npm is a script of the shell's.
  run('npm ci', 'npm', ['ci', '--no-audit', '--no-fund', '--include=dev'], environment, process.platform === 'win32');
}

function isWritable(folder) {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** One at a time in a clone: builds of two configurations share node_modules. */
function alone(work) {
  const lock = join(tmpdir(), `serverless-dashboard-${createHash('sha256').update(root).digest('hex').slice(0, 16)}`);
  const patience = 10 * 60_000;
  for (;;) {
    try {
      mkdirSync(lock);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      // Whoever made it that long ago has died.
      if (Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) > patience) rmSync(lock, { recursive: true, force: true });
      else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    }
  }
  try {
    work();
  } finally {
    rmdirSync(lock);
  }
}

try {
  checkNode();
  mkdirSync(dirname(page), { recursive: true });
  rmSync(logFile, { force: true });
  alone(() => {
    install();
    run('vite build', process.execPath, [join('node_modules', 'vite', 'bin', 'vite.js'), 'build', '--outDir', made, '--emptyOutDir'], { NODE_ENV: 'production' });
  });
  rmSync(page, { recursive: true, force: true });
  renameSync(made, page);
} catch (error) {
  rmSync(page, { recursive: true, force: true });
  rmSync(made, { recursive: true, force: true });
  console.log(error instanceof NotBuilt ? error.message : String(error));
  process.exitCode = 1;
}
