import { type Plan, type Room, speak, type Task } from './plan.ts'

const can = [
  'Here is what I can do:',
  '- who to call first, and what to say ("who should I call?", "what do I say to Dana?")',
  '- the day book, free times, a client\'s visits ("who is in on Friday?", "when is Dana next in?")',
  '- policies ("what is our late policy?")',
  '- prepare a move, cancellation, booking, note or waitlist fill for approval ("move Dana to Friday at 3 pm")',
].join('\n')

export function* help(): Plan {
  return yield* speak(can)
}

export function* greet(_task: Task, room: Room): Plan {
  return yield* speak(`Hello, this is the desk of ${room.catalog.business.name}. Ask me who to call, about a policy, or to prepare a change.`)
}

export function* welcome(): Plan {
  return yield* speak('You are welcome.')
}

export function* dropped(): Plan {
  return yield* speak('All right, I leave it. Nothing was changed.')
}

/** How to decide on a proposal: there is no tool for it, on purpose. */
export function* explainDeciding(id: string | undefined): Plan {
  const which = id ?? 'ID'
  return yield* speak(`I cannot approve, reject or undo anything myself: a person does that. Use the card's button, or "desk approve ${which}", "desk reject ${which}" or "desk undo ${which}".`)
}

const limits: { pattern: RegExp; words: string }[] = [
  { pattern: /\b(?:phone|mobile|cell|telephone) ?(?:number|no)?\b|\be-?mail address|\bcontact (?:details|info)|\bhome address/i, words: 'I do not show contact details: they are in the booking system.' },
  { pattern: /\b(text|sms|message|e-?mail|whatsapp|send)\b/i, words: 'I do not send messages to clients from here. I can write the words for you to use.' },
  { pattern: /\b(mode|autonomous|shadow|assisted|role|manager|permission|pause|consent|opt(ed)?[- ]?(in|out)|audit)\b/i, words: 'Modes, roles, consent and the audit log are not mine to change: a manager does that in the settings.' },
  { pattern: /\b(refund|charge|pay|discount|price)\b/i, words: 'I do not handle money or change prices. I can look up what the policy says.' },
  { pattern: /\b(everyone|everybody|all)\b/i, words: 'I change one appointment at a time, each with its own approval.' },
]

export function* outOfScope(task: Task): Plan {
  const limit = limits.find(({ pattern }) => pattern.test(task.said))
  return yield* speak(limit?.words ?? 'That is not something I can do. Say "help" to see what is.')
}

export function* unclear(): Plan {
  return yield* speak(`I am not sure what you mean. Could you say it another way? "help" shows what I can do.`)
}
