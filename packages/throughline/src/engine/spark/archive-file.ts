/** A file of the archive that executors get. */
export interface ArchiveFile {
  /** Path in the archive. */
  readonly target: string;
  /** Path on this machine, or bytes. */
  readonly content: string | Uint8Array;
  /** Equal for equal bytes: sha256 in hex, or the package, its version and the path in it. */
  readonly digest: string;
  readonly executable?: boolean;
}
