import type { Instant } from '../../salon/time.ts'
import type { Json } from './core.ts'

export type VoiceNotesTables = {
  voice_notes: {
    /** The request that brought it. */
    id: string
    person_id: string
    /** The inbox whose worker answers what is asked. */
    source: string
    conversation_id: string
    /** Where the answer goes, in the channel's own terms. */
    place: Json<unknown>
    /** Sealed, each. */
    typed: string
    heard: string
    asked: string | null
    heard_by: 'desk' | 'slack'
    at: Instant
    asked_at: Instant | null
  }
}
