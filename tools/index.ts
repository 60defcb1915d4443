import type { DeskTool } from '../src/agent/desk-tool.ts'
import { appointment } from './appointment.ts'
import { callList } from './call-list.ts'
import { clientProfile } from './client-profile.ts'
import { dayBook } from './day-book.ts'
import { draftScript } from './draft-script.ts'
import { findClient } from './find-client.ts'
import { findSlots } from './find-slots.ts'
import { listProposals } from './list-proposals.ts'
import { proposeBooking } from './propose-booking.ts'
import { proposeCancel } from './propose-cancel.ts'
import { proposeNote } from './propose-note.ts'
import { proposeReschedule } from './propose-reschedule.ts'
import { proposeStatus } from './propose-status.ts'
import { proposeText } from './propose-text.ts'
import { proposeWaitlistFill } from './propose-waitlist-fill.ts'
import { proposeWaitlistJoin } from './propose-waitlist-join.ts'
import { proposeWaitlistLeave } from './propose-waitlist-leave.ts'
import { proposeWaitlistOffers } from './propose-waitlist-offers.ts'
import { recordOutcome } from './record-outcome.ts'
import { riskSummary } from './risk-summary.ts'
import { searchPolicies } from './search-policies.ts'
import type { ToolDeps } from './tool.ts'
import { waitlistForSlot } from './waitlist-for-slot.ts'

/**
 * Everything the agent can do, for either brain. What is not here cannot be done by a model: there is no tool for
 * approvals, modes, roles, consent, the audit log, or sending a text (LLM-4); a text is only ever proposed.
 */
export function deskTools(deps: ToolDeps): DeskTool[] {
  return [
    findClient, clientProfile, appointment, dayBook, findSlots, searchPolicies, callList, draftScript, recordOutcome, waitlistForSlot, riskSummary, listProposals,
    proposeReschedule, proposeCancel, proposeBooking, proposeNote, proposeStatus, proposeWaitlistFill, proposeWaitlistOffers, proposeWaitlistJoin, proposeWaitlistLeave, proposeText,
  ].map((make) => make(deps))
}
