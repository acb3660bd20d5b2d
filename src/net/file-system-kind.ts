// What lies below a file: memory, a disk of this machine, or something that may keep a caller waiting for another one.
import { statfsSync } from 'node:fs';

export type FileSystemKind = 'memory' | 'local' | 'other';

/** Of statfs(2), from the kernel's magic.h and the file systems' own headers. */
const TYPES = new Map<number, FileSystemKind>([
  [0x01021994, 'memory'], // tmpfs
  [0x858458f6, 'memory'], // ramfs
  [0xef53, 'local'], // ext2, ext3, ext4
  [0x58465342, 'local'], // xfs
  [0x9123683e, 'local'], // btrfs
  [0xf2f52010, 'local'], // f2fs
  [0x2fc12fc1, 'local'], // zfs
  [0xca451a4e, 'local'], // bcachefs
  [0x794c7630, 'local'], // overlayfs
  [0x3153464a, 'local'], // jfs
  [0x4d44, 'local'], // vfat
  [0x2011bab0, 'local'], // exfat
  [0x7366746e, 'local'], // ntfs3
]);

/** By device number, as in stat(2): each file system is asked once. */
const kinds = new Map<number, FileSystemKind>();

/** Of the file that is open as `fd`, on `device`; `other` for what is not known, as where there is no /proc. */
export function fileSystemKind(fd: number, device: number): FileSystemKind {
  let kind = kinds.get(device);
  if (kind === undefined) {
    kind = kindOf(fd);
    kinds.set(device, kind);
  }
  return kind;
}

function kindOf(fd: number): FileSystemKind {
  if (process.platform !== 'linux') return 'other'; // the numbers are Linux's
  try {
    return TYPES.get(statfsSync(`/proc/self/fd/${fd}`).type) ?? 'other';
  } catch {
    return 'other';
  }
}
