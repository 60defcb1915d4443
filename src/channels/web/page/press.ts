import type { PressAnswer } from '../../cards/card.ts'
import type { PressRequest } from '../page-api.ts'
import { post } from './api.ts'
import { newRequestId, refresh, say } from './desk.ts'
import { change, current } from './state.ts'

/**
 * Presses a button or sends a filled-in form. Says the sentence (a form closes first), opens what there is to fill in or
 * read, and reads again what changed. Throws when the desk cannot be reached; the same `requestId` may then be sent again.
 */
export async function press({ action, token, values, requestId = newRequestId() }: Omit<PressRequest, 'requestId'> & { requestId?: string }): Promise<PressAnswer> {
  const answer = await post<PressAnswer>('/api/press', { action, token, requestId, ...(values !== undefined && { values }) })
  const { dialog } = current()
  if (answer.kind === 'said') {
    if (values !== undefined) {
      change({ dialog: dialog?.behind })
      await new Promise((drawn) => { setTimeout(drawn, 30) }) // behind an open dialog nothing is read out
    }
    say(answer)
    await refresh(answer.subjects)
  }
  // A form that was sent is done with: what follows takes its place.
  if (answer.kind === 'form') change({ dialog: { kind: 'form', form: answer.form, behind: values === undefined ? dialog : dialog?.behind } })
  if (answer.kind === 'view') change({ dialog: { kind: 'view', view: answer.view } })
  return answer
}
