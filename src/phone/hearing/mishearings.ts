/** Numbers as a speech service writes them down, also where it takes them for the little words that sound the same. */
const hours: Record<string, string> = {
  one: 'one', won: 'one', two: 'two', to: 'two', too: 'two', three: 'three', tree: 'three', four: 'four', for: 'four', fore: 'four', five: 'five', six: 'six', seven: 'seven', eight: 'eight', ate: 'eight', nine: 'nine', ten: 'ten', eleven: 'eleven', twelve: 'twelve',
}
const hour = Object.keys(hours).join('|')

/** "Three a clock", "for-a-clock", "four oh clock": nobody asks a salon for a clock. */
const clocks = new RegExp(String.raw`\b(${hour}|\d{1,2})[ -](?:a|o|oh|of|uh)[ -]?'?clock\b`, 'giu')
/** "Friday at for": an hour stands behind "at" where nothing else could follow. */
const hoursAt = /\bat (to|too|for|fore|ate|won|tree)(?=[ ,]*(?:$|[.?!]|(?:please|instead|thirty|fifteen|pm|p\.m|o'?clock|on (?:mon|tues|wednes|thurs|fri|satur|sun)day)\b))/giu
const waitlists = /\b(?:wail|wale|whale|weight|weigh|way|wade|waits?|while)[ -]?list(?:ed)?\b/giu
const goodbyes = /\bgood[ -]?(?:by|buy|bye)\b/giu

/**
 * What a telephone makes of a few words that matter here, as they were meant: "three a clock", "Friday at for", "wail list".
 * Only what means nothing else on a salon's phone. Pure.
 */
export function mendMishearings(words: string): string {
  return words
    .replaceAll(clocks, (_, heard: string) => `${hours[heard.toLowerCase()] ?? heard} o'clock`)
    .replaceAll(hoursAt, (_, heard: string) => `at ${hours[heard.toLowerCase()] ?? heard}`)
    .replaceAll(waitlists, 'waitlist')
    .replaceAll(goodbyes, 'goodbye')
}
