import { execFileSync } from 'node:child_process';

/** May this machine give a process a disk of its own? Needs root, or user namespaces. */
export function canMount(): boolean {
  if (process.platform !== 'linux') return false;
  try {
    execFileSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Runs a command with a disk of some megabytes mounted on a folder. */
export function withSmallDisk(folder: string, megabytes: number): string[] {
  const script = `mount -t tmpfs -o size=${megabytes}m tmpfs "$1" && shift && exec "$@"`;
  return ['unshare', '-rm', 'sh', '-c', script, 'sh', folder];
}

/** Changes the size of a process's small disk, which takes no time. */
export function resize(pid: number, folder: string, megabytes: number): void {
  const entering = ['-t', String(pid), '-U', '-m', '--preserve-credentials'];
  execFileSync('nsenter', [...entering, 'mount', '-o', `remount,size=${megabytes}m`, folder]);
}
