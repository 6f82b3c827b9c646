import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { HostSlot } from './merge-kernel.ts';
import type { MergeHost, MergeKernel } from './merge-kernel.ts';
import type { TableKernel } from './table-kernel.ts';

/** The part of the WebAssembly interface used here; neither ES nor Node types declare it. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}
interface WasmModule {
  readonly opaque: unique symbol;
}
declare const WebAssembly: {
  readonly Memory: new (limits: { initial: number; maximum: number }) => WasmMemory;
  readonly Module: new (code: Uint8Array) => WasmModule;
  readonly Instance: new (
    module: WasmModule,
    imports: { readonly env: { readonly memory: WasmMemory }; readonly 'merge-host': MergeHost },
  ) => { readonly exports: unknown };
};

/** Bytes of a page, the unit in which a memory grows. */
export const PAGE_BYTES = 65_536;
/** Below this address lie the kernel's own tables; above it everything is its callers'. */
export const KERNEL_BYTES = 65_536;

/**
 * The data plane's inner loops, see assembly/. Addresses and sizes are bytes in the memory that the
 * kernel was made for. 32-bit results may come back negative: `>>> 0` makes an address of them.
 */
export interface Kernel extends MergeKernel, TableKernel {
  hashBytes(at: number, count: number): number;
  /** How many newlines are in so many bytes. */
  countNewlines(at: number, bytes: number): number;
}

let compiled: WasmModule | undefined;

/** A kernel that works in `memory`, which must have {@link KERNEL_BYTES} at least. */
export function makeKernel(memory: WasmMemory): Kernel {
  compiled ??= new WebAssembly.Module(readFileSync(kernelPath()));
  const slot = new HostSlot();
  const imports = { env: { memory }, 'merge-host': slot.imports };
  const { exports } = new WebAssembly.Instance(compiled, imports);
  return { ...(exports as Omit<Kernel, 'mergeHost'>), mergeHost: slot };
}

/** @throws {RangeError} when the system refuses the memory */
export function makeMemory(maximumBytes: number): WasmMemory {
  const initial = KERNEL_BYTES / PAGE_BYTES;
  return new WebAssembly.Memory({ initial, maximum: Math.floor(maximumBytes / PAGE_BYTES) });
}

function kernelPath(): string {
  return createRequire(import.meta.url).resolve('#kernel.wasm');
}
