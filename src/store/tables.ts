import type { ApprovalsTables } from './tables/approvals.ts'
import type { BookTables } from './tables/book.ts'
import type { ChannelsTables } from './tables/channels.ts'
import type { CallTables } from './tables/calls.ts'
import type { ConversationsTables } from './tables/conversations.ts'
import type { CoreTables } from './tables/core.ts'
import type { MirrorTables } from './tables/mirror.ts'
import type { OwnWaitlistTables } from './tables/own-waitlist.ts'
import type { PhoneTables } from './tables/phone.ts'
import type { TextsTables } from './tables/texts.ts'
import type { VoiceNotesTables } from './tables/voice-notes.ts'
import type { WaitlistTables } from './tables/waitlist.ts'

/** Every table of the desk, by the room that owns it. */
export type Tables = CoreTables & BookTables & ApprovalsTables & CallTables & ConversationsTables & ChannelsTables & TextsTables & WaitlistTables & OwnWaitlistTables & MirrorTables & PhoneTables & VoiceNotesTables
