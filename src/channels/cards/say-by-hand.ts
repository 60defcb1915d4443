import type { ByHandAnswer } from '../../approvals/finish-by-hand.ts'
import type { Person } from '../../approvals/roles.ts'
import type { Telling } from './proposal-card.ts'
import { sayMoment } from './say-moment.ts'
import { sayNotAllowed } from './say-decision.ts'

/** What came of what somebody said about a change by hand, in words for them; and whether it is as they wanted. */
export function sayByHandAnswer({ answer, by, telling, paused }: { answer: ByHandAnswer; by: Pick<Person, 'role'>; telling: Telling; paused: boolean }): { text: string; good: boolean } {
  const { proposal } = answer
  const { id, state, byHand, result, errorWords } = proposal
  switch (answer.result) {
    case 'not_allowed':
      return { text: `${sayNotAllowed({ id, needs: answer.needs, role: by.role })} Nothing was noted.`, good: false }
    case 'mismatch':
      return { text: `What was shown is not what is stored for ${id}, so nothing was noted. Open the card again; if it says so again, tell the owner.`, good: false }
    case 'expired':
      return { text: `${id} was to be done until ${byHand === null ? 'then' : sayMoment(byHand.until, telling)}. The booking system is looked at once more; the card will show what it says.`, good: false }
    case 'already':
    case 'counted': // below: both say how it stands
  }
  const first = answer.result === 'already' ? `${id} was answered already. ` : ''
  if (state === 'done') return { text: `${first}Done: the booking system shows it. ${result?.said ?? ''}`.trim(), good: answer.result === 'counted' }
  if (state === 'failed') return { text: `${first}Not done. ${errorWords ?? ''}`.trim(), good: answer.result === 'counted' && answer.says !== 'done' }
  if (state !== 'by_hand') return { text: `${first}It is no longer to be done by hand. Open the card again.`, good: false }
  if (byHand?.doneBy === null || byHand === null) return { text: `${first || 'Thank you. That part is there. '}The rest of ${id} is done by hand, too: the card has the steps.`, good: answer.result === 'counted' }
  const looks = paused ? 'the desk is paused, and looks as soon as a manager resumes it' : 'the booking system does not show it yet, and is looked at again and again for a day'
  return { text: answer.result === 'already' ? `${first}${telling.nameOf(byHand.doneBy)} said at ${sayMoment(byHand.doneAt ?? telling.now, telling)} that it is done.` : `Thank you, noted; ${looks}. The client is told nothing before that.`, good: answer.result === 'counted' }
}
