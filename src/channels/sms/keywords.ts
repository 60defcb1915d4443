import type { OptOutType } from '../../messages/messages.ts'

/** Twilio's default keywords: a text that is nothing but one of them, in any case (Twilio's Advanced Opt-Out documentation). */
const keywords = {
  stop: ['STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT', 'REVOKE', 'OPTOUT'],
  start: ['START', 'YES', 'UNSTOP'],
  help: ['HELP', 'INFO'],
} as const

/** US toll-free numbers are stopped by the carrier, which knows fewer words and cannot be taught others. */
const tollFree = /^\+18(00|33|44|55|66|77|88)/
const carrierWords = new Set(['STOP', 'START', 'UNSTOP', 'HELP', 'INFO'])

const byType = { STOP: 'stop', START: 'start', HELP: 'help' } as const

/**
 * What Twilio has answered by itself and acted on. Its own word (`OptOutType`, where Advanced Opt-Out is on) counts first.
 * A YES opens again only a number that had said STOP; from everybody else it is just a yes.
 */
export function answeredByTwilio({ body, optOutType, from }: { body: string; optOutType?: OptOutType | undefined; from?: string | undefined }): 'stop' | 'start' | 'help' | undefined {
  if (optOutType !== undefined) return byType[optOutType]
  const word = body.trim().toUpperCase()
  if (from !== undefined && tollFree.test(from) && !carrierWords.has(word)) return undefined
  return (['stop', 'start', 'help'] as const).find((kind) => keywords[kind].some((keyword) => keyword === word))
}
