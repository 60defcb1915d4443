import type { View } from '../../cards/card.ts'
import type { ChatLine, ChatRequest } from '../page-api.ts'
import { postForLines, Refused, wordsFor } from './api.ts'
import { newRequestId, refresh } from './desk.ts'
import { change, current, type Line } from './state.ts'

/** The conversation of this page: goes on when the page is loaded again, begins anew in another tab and with each person. */
let conversation = newRequestId()

/** What ends the answer that is under way. */
let stopping = new AbortController()

export function conversationNow(): string {
  return conversation
}

export function goOnWith(kept: string): void {
  conversation = kept
}

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
  const stop = stopping = new AbortController()
  try {
    const request: ChatRequest = { conversationId: `${me.value.conversationPrefix}${conversation}`, requestId, text, locationId }
    const onLine = (sent: unknown): void => {
      const line = sent as ChatLine
      if (line.kind === 'status') alter({ status: line.text })
      if (line.kind === 'token') alter({ words: lineOf(id)?.words + line.text })
      if (line.kind !== 'turn' && line.kind !== 'error') return
      answered = true
      leaveStop()
      alter({ working: false, status: '', words: '', view: line.kind === 'turn' ? line.view : sorry(line.text), subjects: line.kind === 'turn' ? line.subjects : [] })
      if (line.kind === 'turn') void refresh(line.subjects)
    }
    await postForLines({ path: '/api/chat', body: request, onLine, signal: stop.signal })
    if (!answered) throw new Error('the answer broke off')
  } catch (error) {
    if (answered) return
    leaveStop()
    if (stop.signal.aborted) return alter({ working: false, status: '', words: '', view: sorry([lineOf(id)?.words, stopped].filter(Boolean).join('\n\n')) })
    const why = error instanceof Refused ? error.message : `${wordsFor(error)} Your message is still here.`
    const { draft } = current()
    change({ lines: current().lines.filter((line) => line.id !== id && line.id !== `words ${requestId}`), unsent: { requestId, text, why }, draft: draft === '' ? text : draft })
  }
}

const stopped = 'You stopped this answer. If something was already proposed, it waits under Proposals.'

/** Ends the answer that is under way; the desk stops working on it, too. */
export function stopTalking(): void {
  stopping.abort()
}

/** The button that stops goes away with the answer: whoever stood on it stands in the box again. */
function leaveStop(): void {
  if (document.activeElement?.matches('.stop') === true) document.querySelector<HTMLElement>('#say')?.focus()
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
