import { z } from 'zod'
import type { Action } from '../../approvals/action.ts'
import { type Person, roles } from '../../approvals/roles.ts'
import { DeskError } from '../../salon/errors.ts'
import { sayTime } from '../../salon/time.ts'
import { appendAudit } from '../../store/audit.ts'
import { rememberPerson } from '../../store/people.ts'
import { briefView, dayOf, restOfCalls } from './brief-view.ts'
import type { Cards, Press, PressAnswer, View } from './card.ts'
import { type CardRoom, locationOf, type PressHandler, said } from './card-room.ts'
import { callPresses } from './press-call.ts'
import { pressOnce } from './press-once.ts'
import { ringPresses } from './press-ring.ts'
import { phonePresses } from './press-phone.ts'
import { proposalPresses } from './press-proposal.ts'
import { settingsPresses } from './press-settings.ts'
import { waitlistPresses, shown as showsOpening } from './press-waitlist.ts'
import { textPresses } from './press-text.ts'
import { textingPresses } from './press-texting.ts'
import { shows, threadPresses } from './press-thread.ts'
import { voiceNotePresses } from './press-voice-note.ts'
import { wordingPresses } from './press-wording.ts'
import { prompts } from './prompts.ts'
import { homeView, openView } from './home-view.ts'
import { openingView, previewView, storyView } from './opening-view.ts'
import { phoneStory } from './phone-story.ts'
import { phoneView } from './phone-view.ts'
import { proposalView } from './proposal-view.ts'
import { textingView } from './texting-view.ts'
import { threadView } from './thread-view.ts'
import { openTokens } from './token.ts'
import { trustedRef } from './trust-token.ts'
import { showsNote, voiceNoteView } from './voice-note-view.ts'
import { textsView } from './waiting-texts.ts'
import { lineUpView, waitlistView } from './waitlist-view.ts'

/** Opens the one source of cards, and of what their buttons do, for every channel. */
export function openCards({ actions, ...given }: Omit<CardRoom, 'tokens' | 'actions'> & { actions: Action[] }): Cards {
  const room: CardRoom = { ...given, actions: new Map(actions.map((action) => [action.kind, action])), tokens: openTokens(given.store.seal) }
  return {
    view: (subject, person) => drawSubject({ room, subject, person }),
    home: (person) => homeView({ room, person }),
    async press(given) {
      const parsed = PressShape.safeParse(given)
      const handler = parsed.success ? presses.get(given.action) : undefined
      if (!parsed.success || handler === undefined) return said('That button belongs to another version of the desk. Open the card again and use its buttons.', { good: false })
      await rememberPerson(room.store.db, { person: given.person, now: room.clock.now() })
      return pressOnce({ store: room.store, clock: room.clock, press: given, work: () => handler(given, room).catch((error: unknown) => sayRefusal(error, room, given)) })
        .catch((error: unknown) => sayRefusal(error, room, given))
    },
    prompts,
  }
}

async function drawSubject({ room, subject, person }: { room: CardRoom; subject: string; person?: Person | undefined }): Promise<View> {
  if (subject.startsWith('proposal:')) return proposalView({ room, id: subject.slice('proposal:'.length) })
  if (subject.startsWith('brief:')) return briefView({ room, day: dayOf(subject) })
  if (subject.startsWith('calls:')) return restOfCalls({ room, day: dayOf(subject) })
  if (subject.startsWith('thread:')) return threadView({ room, clientId: subject.slice('thread:'.length) })
  if (subject.startsWith('texts:')) return threadView({ room, clientId: subject.slice('texts:'.length), whole: true })
  if (subject === 'texts') return textsView(room)
  if (subject === 'phone') return phoneView(room)
  if (subject.startsWith('phone:')) return phoneStory({ room, callId: subject.slice('phone:'.length) })
  if (subject.startsWith('spoken:')) return phoneStory({ room, callId: subject.slice('spoken:'.length), whole: true })
  if (subject === 'texting') return textingView(room)
  if (subject === 'open') return openView(room)
  if (subject === 'waitlist') return waitlistView({ room, person })
  if (subject.startsWith('waitlist:')) return waitlistView({ room, person, locationId: subject.slice('waitlist:'.length) })
  if (subject.startsWith('voice_note:')) return voiceNoteView({ room, id: subject.slice('voice_note:'.length) })
  if (subject.startsWith('opening:')) return openingView({ room, id: subject.slice('opening:'.length) })
  if (subject.startsWith('story:')) return storyView({ room, id: subject.slice('story:'.length) })
  if (subject.startsWith('preview:')) return previewView({ room, id: subject.slice('preview:'.length) })
  if (subject.startsWith('lineup:')) return lineUpView({ room, ...dayOf(subject) })
  throw new DeskError('not_found', { message: 'no such subject', userMessage: 'There is nothing of that name to show.' })
}

/** Buttons that only show something, and what people think of an answer. */
const otherPresses: Record<string, PressHandler> = {
  async show(press, room) {
    const [subject = ''] = await trustedRef({ press, room })
    return { kind: 'view', view: subject === 'home' ? await homeView({ room, person: press.person }) : await drawSubject({ room, subject, person: press.person }) }
  },
  async refresh(press, room) {
    const [subject = ''] = await trustedRef({ press, room })
    const zone = /^(brief|calls):/.test(subject) ? (await locationOf(room, dayOf(subject).locationId)).zone : undefined
    return said(zone === undefined ? 'Drawn again.' : `As of ${sayTime(room.clock.now(), zone)}.`, { subjects: [subject] })
  },
  'feedback:good': (press, room) => feedback({ press, room, thanks: 'Thank you. Noted.' }),
  'feedback:bad': (press, room) => feedback({ press, room, thanks: 'Thank you for saying so. It is noted; if something is wrong right now, say it to me in other words.' }),
}

async function feedback({ press, room, thanks }: { press: Press; room: CardRoom; thanks: string }): Promise<PressAnswer> {
  const [conversation = '', request = ''] = await trustedRef({ press, room })
  await room.store.transaction((trx) => appendAudit(trx, { at: room.clock.now(), actor: press.person.id, action: press.action.replace(':', '.'), subject: `conversation:${conversation}`, detail: { request } }))
  return said(thanks)
}

const presses = new Map(Object.entries({ ...proposalPresses, ...callPresses, ...ringPresses, ...phonePresses, ...settingsPresses, ...threadPresses, ...textPresses, ...textingPresses, ...wordingPresses, ...waitlistPresses, ...voiceNotePresses, ...otherPresses }))

const PressShape = z.object({
  action: z.string().max(100),
  token: z.string().max(2_000),
  person: z.object({ id: z.string().min(1), name: z.string(), role: z.enum(roles) }),
  values: z.record(z.string().max(100), z.string().max(10_000)).optional(),
  requestId: z.string().min(1).max(500),
})

/** What a handler refuses in words is its answer, and the card is drawn again: it may have been out of date. */
function sayRefusal(error: unknown, { tokens }: CardRoom, { action, token }: Press): PressAnswer {
  if (!(error instanceof DeskError)) throw error
  const about = tokens.refOf(token)?.[0] ?? ''
  return said(error.userMessage, { good: false, subjects: /^P-\w{6}$/.test(about) ? [`proposal:${about}`] : action.startsWith('opening:') ? showsOpening(about) : action in voiceNotePresses ? showsNote(about) : action in threadPresses || action in textPresses ? shows(about) : [] })
}
