import type { Seal } from '../../store/seal.ts'
import type { ReplyReading } from '../../replies/reading.ts'

/** The reading as it was stored; an empty one for a reply that was never read (a crash in between). */
export function readStored(stored: unknown, seal: Pick<Seal, 'open'>): ReplyReading {
  if (typeof stored === 'string') return JSON.parse(seal.open(stored)) as ReplyReading
  return { intent: 'unclear', confidence: 0, sure: false, quote: '', parts: [], questions: [], language: 'en', by: 'nobody' }
}
