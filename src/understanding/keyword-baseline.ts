import { assignSlots } from './assign-slots.ts'
import { findSpans } from './find-spans.ts'
import type { Intent, Reading, Request } from './reading.ts'

/** What a desk of keywords would do: the first word that fits decides. */
const keywords: [RegExp, Intent][] = [
  [/\b(?:weather|joke|everyone|all clients|audit|manager rights)\b/i, 'out_of_scope'],
  [/\bnote\b/i, 'propose_note'],
  [/\bscript\b|\bsay to\b/i, 'draft_script'],
  [/\bvoicemail\b|\bno answer\b|\bpick up\b|\bwrong number\b/i, 'record_outcome'],
  [/\bwait(?:ing )?list\b|\bwho is waiting\b/i, 'waitlist_for_slot'],
  [/\bpolicy\b|\bfee\b|\brefund\b|\bdeposit\b|\ballowed\b/i, 'search_policies'],
  [/\bcancel\b/i, 'propose_cancel'],
  [/\b(?:move|reschedule)\b/i, 'propose_reschedule'],
  [/\bbook\b(?!ed)/i, 'propose_booking'],
  [/\b(?:mark|confirmed|arrived)\b/i, 'propose_status'],
  [/\bgive\b.*\b(?:gap|slot)\b/i, 'propose_waitlist_fill'],
  [/\bapproval\b|\bproposals?\b|\bpending\b/i, 'list_proposals'],
  [/\bcall\b/i, 'call_list'],
  [/\brisk/i, 'risk_summary'],
  [/\b(?:free|available|openings?|slots?)\b/i, 'find_slots'],
  [/\bschedule\b|\btoday\b/i, 'day_book'],
  [/\bfind\b|\blook up\b/i, 'find_client'],
  [/\btell me about\b|\bbefore\b/i, 'client_profile'],
  [/\bwhen\b|\bbooked\b/i, 'appointment'],
  [/\bhelp\b|\bwhat can you do\b/i, 'help'],
  [/^\W*(?:hi|hello|hey|good morning)\b/i, 'greeting'],
  [/\bthanks?\b/i, 'thanks'],
  [/\bnever mind\b/i, 'cancel_question'],
]

/** The baseline of `desk eval requests`: intents by keyword, the same slot reader. */
export function readByKeywords(request: Pick<Request, 'text' | 'now' | 'zone' | 'directory'>): Reading {
  const intent = keywords.find(([keyword]) => keyword.test(request.text))?.[1] ?? 'out_of_scope'
  return { intent, confidence: 0, ...assignSlots({ text: request.text, intent, spans: findSpans(request) }) }
}
