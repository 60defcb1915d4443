import type { Seal } from '../store/seal.ts'

/**
 * Whether an appointment belongs to the share that is not called, so that the effect of calling can be measured.
 * Decided by a keyed hash of its id: the same at every look, on every instance, and nobody at the desk can steer it.
 * No exception for dear appointments: leaving them out would measure another salon.
 */
export function isHeldOut({ seal, appointmentId, share }: { seal: Seal; appointmentId: string; share: number }): boolean {
  if (share <= 0) return false
  return Number.parseInt(seal.lookup(`hold-out ${appointmentId}`).slice(0, 8), 16) / 2 ** 32 < share
}
