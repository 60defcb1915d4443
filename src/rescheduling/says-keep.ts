const courtesies = String.raw`(?:(?:actually|ok|okay|no|nope|nah|sorry|please|pls|thanks|thank you|oh|well|wait|hmm|just|then|so|yes|yeah|ill|i will|i would|id|i want to|id rather|lets|well|we can|you can|pues|bueno|mejor|gracias|por favor|non|merci) )*`
const visit = String.raw`(?:it|that|this|things?|everything|mine|the original|my (?:original |old |current )?(?:appointment|appt|booking|time|slot|visit|cut|one)|the (?:original |old |current )?(?:appointment|appt|booking|time|one)|la cita|mi cita|le rendez vous)`
const asIs = String.raw`(?: (?:as (?:it )?(?:is|was)|the same|like (?:it is|that)|how it is|the way it is|where it is|there|then|instead|please|pls|thanks|thank you|for now|as planned|igual|como esta|asi|gracias|por favor|comme ca))*`

const none = String.raw`(?:none of (?:those|these|them)|neither(?: of (?:those|these|them))?|those dont|these dont|ningun[ao](?: de (?:esas|esos|ellas))?|aucun(?:e)?)(?: (?:really|work|works|suit|will work|work for me|works for me|for me|fit|me sirve|me viene bien))*`

/**
 * Whether a text to times on offer says that the visit is to stay as it is: "keep it", "no, leave it as it is", "never
 * mind". Elsewhere "keep it" means yes, so this is asked first. The whole text must say it.
 */
export function saysKeep(words: string): boolean {
  const text = plain(words)
  return new RegExp(`^${courtesies}(?:${none} ${courtesies})?(?:(?:keep|leave|stick with|stay with|keeping) ${visit}|(?:stay|keep|leave)(?: (?:put|as))?|dej(?:ar|e|a)?(?:la|lo|mos(?:la|lo))? ?(?:${visit})?|mantener(?:la)?|(?:garder|gardez|laisser|laissez) ${visit}|never ?mind|nvm|forget it|olvide(?:lo)?|no importa)${asIs}$`, 'u').test(text)
}

/** Whether none of the times on offer will do, without another one being named. */
export function saysNone(words: string): boolean {
  return new RegExp(`^${courtesies}${none}${asIs}$`, 'u').test(plain(words))
}

function plain(words: string): string {
  return words.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase().replaceAll(/['’‘`]/g, '').replaceAll(/[^\p{L}\p{N}]+/gu, ' ').trim()
}
