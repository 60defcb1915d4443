import { cleanWords } from '../hearing/clean-words.ts'
import { hearLanguage } from '../hearing/read-words.ts'
import { spot, type Spotted } from '../hearing/spot.ts'
import type { Heard, Next } from '../phone.ts'
import { handOver, tellDesk } from './hand-over.ts'
import { goodbye } from './small-answers.ts'
import { listen, sayLine, type Turn } from './turn.ts'
import { understand } from './understand.ts'
import { takeCode, takeNumber, unproven } from './verify.ts'
import { confused } from './wrap-up.ts'

/** Longer than this nobody says one thing. */
const longestWords = 600

/** What one turn of a caller leads to: the keys and the gravest things first, then where the conversation stands, then what the words mean. */
export async function takeTurn(turn: Turn, heard: Heard): Promise<Next> {
  const { memory } = turn
  if (heard.kind === 'silence') return silence(turn)
  memory.silences = 0
  if (heard.kind === 'keys') return takeKeys(turn, heard.keys)
  const words = cleanWords(heard.words)
  if (words === '') return listen(turn, keysOf(turn))
  if (words.length > longestWords && memory.stage !== 'message') {
    sayLine(turn, 'too-long')
    return listen(turn)
  }
  hearLanguage(turn, words)
  const spotted = spot(words)
  if (memory.stage === 'message') return takeMessage(turn, { words: heard.words.trim(), spotted })
  const grave = takeGrave(turn, { spotted, words })
  if (grave !== undefined) return grave
  if (memory.stage === 'code' || memory.stage === 'number') return takeProof(turn, { words: heard.words, spotted })
  return understand(turn, { words, spotted })
}

function takeKeys(turn: Turn, keys: string): Next | Promise<Next> {
  const { memory } = turn
  if (keys === '0') return handOver(turn, { why: 'asked', outcome: 'Pressed 0 for a person' })
  const digits = keys.replaceAll(/[*#]/g, '')
  if (digits === '') return again(turn)
  if (memory.stage === 'code' || memory.stage === 'number') return takeProof(turn, { words: digits, spotted: undefined })
  return memory.stage === 'message' ? listen(turn) : understand(turn, { words: digits, spotted: undefined })
}

type Grave = (turn: Turn, words: string) => Next | undefined

const graves: Partial<Record<Spotted, Grave>> = {
  emergency: (turn) => handOver(turn, { why: 'emergency', outcome: 'May be an emergency' }),
  health: (turn) => handOver(turn, { why: 'health', outcome: 'A question of health' }),
  angry: (turn) => handOver(turn, { why: 'angry', outcome: 'Is upset' }),
  person: (turn) => handOver(turn, { why: 'asked', outcome: 'Asked for a person' }),
  no_recording(turn) {
    turn.patch.recording = 'refused'
    turn.recording = 'drop'
    sayLine(turn, 'no-recording')
    return listen(turn)
  },
  child(turn) {
    if (turn.memory.confusions > 0) return handOver(turn, { why: 'child', outcome: 'A child is calling' })
    turn.memory.confusions++
    sayLine(turn, 'grown-up')
    return listen(turn)
  },
  spanish: (turn, words) => speakIn(turn, 'es', words),
  english: (turn, words) => speakIn(turn, 'en', words),
  repeat: (turn) => again(turn),
  hold_on(turn) {
    sayLine(turn, 'take-your-time')
    return listen(turn, keysOf(turn))
  },
  goodbye(turn, words) {
    // "No thank you" to something that was asked is its answer.
    if ((turn.memory.asked !== undefined || turn.memory.stage === 'link') && !/\b(?:bye|adi[oó]s|chao|hasta luego)\b/i.test(words)) return undefined
    return goodbye(turn)
  },
  // "Great, thank you" to something that was asked may be a yes.
  thanks: (turn) => (turn.memory.asked === undefined && turn.memory.stage === 'more' ? goodbye(turn) : undefined),
  message(turn) {
    turn.memory.stage = 'message'
    sayLine(turn, 'say-message')
    return listen(turn)
  },
}

/** What goes before everything else, whatever is under way. */
function takeGrave(turn: Turn, { spotted, words }: { spotted: Spotted | undefined; words: string }): Next | undefined {
  return spotted === undefined ? undefined : graves[spotted]?.(turn, words)
}

/** "Español" alone, or with what they want behind it. */
function speakIn(turn: Turn, language: Turn['language'], words: string): Next | undefined {
  turn.language = language
  if (words.split(/\s+/).length > 4) return undefined
  sayLine(turn, 'how-help')
  return listen(turn)
}

async function takeProof(turn: Turn, { words, spotted }: { words: string; spotted: Spotted | undefined }): Promise<Next> {
  const { memory } = turn
  if (spotted === 'no_code') return handOver(turn, { why: 'not_verified', outcome: unproven(turn, 'Got no code') })
  if (spotted === 'other_number') {
    memory.stage = 'number'
    sayLine(turn, 'ask-number')
    return listen(turn, 10)
  }
  if (memory.stage === 'number') return takeNumber(turn, words)
  const came = await takeCode(turn, words)
  if (came !== 'verified') return came
  const { wish = '' } = memory
  delete memory.wish
  return understand(turn, { words: wish, spotted: spot(wish) })
}

/** Kept word for word, and passed on; the one thing the desk promises is that somebody reads it. */
function takeMessage(turn: Turn, { words, spotted }: { words: string; spotted: Spotted | undefined }): Next {
  turn.memory.stage = 'more'
  if (spotted === 'goodbye') {
    sayLine(turn, 'goodbye')
    return { kind: 'hang_up', language: turn.language }
  }
  tellDesk(turn, { why: turn.call.why === null ? 'message' : (turn.call.why as NonNullable<Turn['patch']['why']>), outcome: 'Left a message', words })
  turn.did = 'message_taken'
  sayLine(turn, 'message-taken')
  return { kind: 'hang_up', language: turn.language }
}

function silence(turn: Turn): Next {
  const { memory } = turn
  memory.silences++
  if (memory.silences > 2) {
    sayLine(turn, 'goodbye')
    turn.did = 'silent'
    return { kind: 'hang_up', language: turn.language }
  }
  sayLine(turn, 'still-there')
  return listen(turn, keysOf(turn))
}

function again(turn: Turn): Next {
  const { memory, language } = turn
  if (memory.last.length === 0) return confused(turn)
  turn.did = 'repeated'
  for (const words of memory.last) turn.say({ words, language })
  return listen(turn, keysOf(turn))
}

/** How many keys count as one answer now. */
function keysOf({ memory: { stage } }: Turn): number | undefined {
  return stage === 'code' ? 6 : stage === 'number' ? 10 : undefined
}

