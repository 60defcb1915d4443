import type { View } from '../../cards/card.ts'
import type { ChatLine, ChatRequest } from '../page-api.ts'
import { postForLines, Refused, wordsFor } from './api.ts'
import { newRequestId, refresh } from './desk.ts'
import { change, current, type Line } from './state.ts'

/** The conversation of this page: begins anew with each visit, and with each person. */
let conversation = newRequestId()

export function beginConversation(): void {
  conversation = newRequestId()
  change({ lines: [], views: {}, unsent: undefined, draft: '' })
}

type DeskLine = Extract<Line, { from: 'desk' }>

/** Says something to the desk. What does not get through stays in the box, and sent again as it is it is the same request. */
export async function talk(words: string): Promise<void> {
  const text = words.trim()
  const { me, unsent, lines, locationId } = current()
  if (text === '' || me.value === undefined || isTalking()) return
  const requestId = unsent?.text === text ? unsent.requestId : newRequestId()
  const id = `answer ${requestId}`
  const answer: DeskLine = { id, from: 'desk', working: true, status: '', words: '', view: undefined, subjects: [] }
  change({ lines: [...lines, { id: `words ${requestId}`, from: 'me', text }, answer], draft: '', unsent: undefined })

  const alter = (patch: Partial<DeskLine>): void => {
    const before = lineOf(id)
    if (before !== undefined) change({ lines: current().lines.with(current().lines.indexOf(before), { ...before, ...patch }) })
  }
  let answered = false
  try {
    const request: ChatRequest = { conversationId: `${me.value.conversationPrefix}${conversation}`, requestId, text, locationId }
    await postForLines('/api/chat', request, (sent) => {
      const line = sent as ChatLine
      if (line.kind === 'status') alter({ status: line.text })
      if (line.kind === 'token') alter({ words: lineOf(id)?.words + line.text })
      if (line.kind !== 'turn' && line.kind !== 'error') return
      answered = true
      alter({ working: false, status: '', words: '', view: line.kind === 'turn' ? line.view : sorry(line.text), subjects: line.kind === 'turn' ? line.subjects : [] })
      if (line.kind === 'turn') void refresh(line.subjects)
    })
    if (!answered) throw new Error('the answer broke off')
  } catch (error) {
    if (answered) return
    const why = error instanceof Refused ? error.message : `${wordsFor(error)} Your message is still here.`
    const { draft } = current()
    change({ lines: current().lines.filter((line) => line.id !== id && line.id !== `words ${requestId}`), unsent: { requestId, text, why }, draft: draft === '' ? text : draft })
  }
}

/** Whether an answer is under way. */
function isTalking(): boolean {
  return current().lines.some((line) => line.from === 'desk' && line.working)
}

function lineOf(id: string): DeskLine | undefined {
  return current().lines.find((line): line is DeskLine => line.id === id)
}

function sorry(text: string): View {
  return { subject: 'sorry', summary: text, cards: [{ subject: 'sorry', title: '', tone: 'stopped', parts: [{ kind: 'text', text }], buttons: [] }] }
}
