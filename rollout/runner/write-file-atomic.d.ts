// The package has no types of its own; this is the part that is used here.
declare module "write-file-atomic" {
  function writeFileAtomic(file: string, data: string | Buffer, options?: { readonly mode?: number }): Promise<void>;
  export = writeFileAtomic;
}
