import { hashOf } from '../../store/canonical-json.ts'

/** A command's key as a vendor gets it: short, and nothing of ours in it. */
export function vendorKey(key: string): string {
  return hashOf({ key }).slice(0, 32)
}
