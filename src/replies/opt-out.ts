import type { ReplyReading } from './reading.ts'

type OptOut = { refuses: NonNullable<ReplyReading['refuses']>; sure: boolean }

// The carriers' keywords, in three languages, and how they are mistyped.
const surely = new Set(['stop', 'stopall', 'stop all', 'unsubscribe', 'unsub', 'optout', 'opt out', 'quit', 'stop please', 'please stop', 'stop pls', 'pls stop', 'stop svp', 'arret', 'arretez', 'alto', 'alto por favor'])
// These may have been meant for the appointment: silence first, then a person asks.
const perhaps = new Set(['cancel', 'end', 'revoke', 'stpo', 'sotp', 'stopp', 'st0p', 'stop stop', 'stop stop stop', 'parar', 'pare', 'paren', 'para', 'baja', 'basta', 'stop it', 'quit it', 'stop now', 'stop this', 'end this', 'no stop', 'yes stop', 'ok stop', 'stop thanks', 'stop thank you', 'just stop', 'stop already', 'stop ok', 'remove me', 'remove', 'remove my number', 'leave me alone', 'go away', 'no more', 'take me off', 'delete me', 'delete my number', 'enough'])

const sending = '(?:text|texts|texting|txt|txts|txting|message|messages|messaging|msg|msgs|sms|smss|contact|contacting|send|sending|write|writing|bother|bothering|spam|spamming|bugging|harass|harassing|notifications?|notify|notifying|reminders?|reminding|alerts?|updates|correspondence|communications?|communicating|blowing up)'
const things = '(?:texts?|txts?|messages?|msgs?|sms|spam|notifications?|reminders?|alerts?|communications?|correspondence|updates)'
const phrases: RegExp[] = [
  new RegExp(String.raw`\b(?:stop|quit|cease|no more|discontinue|halt|enough(?: with| of)?|end|block|disable|turn off)(?: (?!(?:and|or|if|when|by|before|to)\b)\w+){0,3} ${sending}\b(?! me (?:when|the|where|what|if|back|at|a|your|my|before|once|an)\b)`),
  new RegExp(String.raw`\b(?:dont|do not|never|no longer|please not) (?:\w+ ){0,2}(?:text|txt|message|msg|sms|contact|write|bother|spam|harass|bug) (?:to )?(?:me|us|this|my|here|any|again)\b(?! (?:when|the|where|what|if|back|until|till|before)\b)`),
  new RegExp(String.raw`\b(?:dont|do not|never|no longer) (?:ever )?(?:send|sent|be sending) (?:me |us |any |this |my |these |those |more |number )*(?:${things}|anything|stuff)\b`),
  new RegExp(String.raw`\b(?:dont|do not|no longer|didnt|did not|never) (?:ever )?(?:want|wanna|wish|need|like|care|ask(?:ed)?|agreed?|consent(?:ed)?|sign(?:ed)? up|authori[sz]ed?|gave (?:you )?(?:permission|consent))(?: (?!(?:but|and|a|an|reminder)\b)\w+){0,5} (?:${things}|texted|contacted|messaged)\b`),
  /\b(?:dont|do not|no longer) (?:want|wish|need|like) (?:to (?:receive|get|hear)|receiving|getting) (?:these|this|those|them|any(?:thing)?|from|more|that)\b/,
  /\b(?:dont|do not|never) (?:want to )?(?:text|txt|message|msg|contact|write)(?: me| us| here)?(?: (?:again|any ?more|ever|please|pls|thanks))*(?= [.!,]|$)/,
  /\bunsubscri\w*|\bunsub\b|\bopt(?:ing|ed)? (?:me |us )?out\b|\b(?:revoke|withdraw|rescind) (?:my )?(?:consent|permission)\b/,
  /\b(?:remove|delete|erase|take|scratch|drop|get|strike) (?:me|us|my (?:number|phone|cell|contact|info)(?: number)?|this number) (?:off|from|out)(?: of)?(?: (?:your|the|this|these|that|ur|all|any))*(?: \w+)? (?:list|lists|system|database|contacts?|texts?|messages?|records|thread|distribution)\b(?! of)/,
  /\b(?:remove|delete|erase) (?:me|my (?:number|phone|cell)|this number)\b(?! (?:appointment|appt|from (?:the |my |this )?(?:appointment|appt|booking|schedule|book|calendar|friday|monday|tuesday|wednesday|thursday|saturday|sunday|tomorrow)))/,
  /\btake (?:me|my number|this number) off\b(?! (?:the |your |my |this )?(?:appointment|appt|booking|schedule|books?|calendar|friday|monday|tuesday|wednesday|thursday|saturday|sunday|tomorrow|today|at|for))/,
  /\b(?:lose|forget|block) (?:my|this) number\b|\bleave me alone\b|\bstop (?:all )?(?:these|those|it all)\b|\bi (?:will|ll) report (?:you|this)\b|\breport(?:ed|ing)? (?:this |you |it )?(?:as|for) spam\b|\bthis is (?:spam|harassment)\b|\bno (?:more )?(?:texts?|txts?|sms|messages|msgs) (?:please|pls|anymore|to (?:me|this)|ever)\b|\bf(?:uc)?k off\b|\bpiss off\b/,
  // Spanish
  /\b(?:ya )?no me (?:vuelvan? a )?(?:escrib|mand|envi|textee|text|contact|molest|llam|moleste)|\bdej(?:e|en|a|ar|ame|enme|eme)(?: ya)? de (?:escrib|mand|envi|molest|contact|text)|\b(?:no (?:quiero|deseo|mandes?|manden|envien?|envies) (?:\w+ ){0,3}|no mas |basta de |paren? (?:de |con )?(?:\w+ )?)(?:mensajes?|textos?|sms|mensajitos|enviar|mandar|escribir)\b|\bcancelar? (?:la |mi |esta )?suscripcion\b|\b(?:dar|darme|denme|deme|date|dame|darse)(?: me)? de baja\b|\bquit(?:e|en|a|ar)(?:me|nme|nos)? (?:de |mi (?:numero|telefono) )|\b(?:borr|elimin|sac|remuev)(?:e|en|a|ar|arme|enme|eme|ame|an)? (?:me )?(?:mi (?:numero|telefono|contacto)|de (?:la|su|tu|esta) lista)|\bno (?:quiero|deseo) (?:recibir|que me (?:escrib|mand|envi|contact|text|mensaj))|\bdesuscrib|\bdeten(?:gan|ga)? (?:los |estos )?(?:mensajes|textos)|\bno me interesan? (?:\w+ ){0,2}mensajes\b/,
  // French
  /\bdesabonn|\bdesinscri|\b(?:ne )?(?:me |m)(?:ecri[a-z]*|contact[a-z]*|text[a-z]*|envo[a-z]*) (?:plus|pas)\b|\bplus de (?:messages?|sms|textos?)\b|\barrete[zr]?s? (?:de|les|ces|vos) |\bretire[zr]?(?: moi| mon numero)\b|\bje ne veux plus (?:\w+ ){0,2}(?:recevoir|messages?|textos?|sms)\b/,
]

/** A refusal of one kind of text only. What is kept ("but still text me reminders") shows that it is not all of them. */
const marketing = /\b(?:stop|no more|no|quit|unsubscribe (?:me )?from|opt(?:ing)? (?:me )?out of|dont (?:want|need|send(?: me)?)|do not (?:want|send(?: me)?)|remove me from|take me off|enough|end|cancel)(?: (?:the|your|these|those|any|all|of|with|more|me|sending|getting|receiving|to|get|receive|texting|text|from|new|and))* (?:promo\w*|marketing|specials?|deals?|offers|ads?|advert\w*|discounts?|coupons?|newsletters?|sales?(?: texts?| messages?)?|promociones|ofertas|publicidad)\b|\b(?:no (?:quiero|me manden|mas|me envien)|sin|basta de|paren de mandar) (?:\w+ ){0,2}(?:promociones|ofertas|publicidad|promos)\b|\b(?:plus de|pas de|arretez les) (?:promos?|promotions|publicites?|pubs?|offres)\b/
const waitlist = /\b(?:take|remove|get|drop|delete|scratch|pull|cross) (?:me |us |my name )?(?:off|from|out of)?(?: of)? ?(?:the|your|this|that) (?:wait(?:ing)?(?: list)?|waitlist|cancel(?:l)?ation list|standby list)|\b(?:stop|no more|dont (?:want|need)|cancel|end)(?: (?:the|your|these|any|to be on|being on|me|my|on))* (?:wait(?:ing)? ?list|waitlist|cancel(?:l)?ation list)|\b(?:quiten|quite|saquen|saque|borren|quitenme|saquenme)(?: ?me)? de la lista de espera\b|\b(?:retire[zr]?|enleve[zr]?|raye[zr]?|supprime[zr]?|ote[zr]?)(?: moi| nous)? (?:de|sur) (?:la|votre) liste d ?attente\b|\b(?:plus|pas) (?:\w+ ){0,4}liste d ?attente\b/
const kinds = [['waitlist', waitlist], ['marketing', marketing]] as const
const keeps = /\b(?:but|just|still|only|keep|pero|solo|mais)\b.*\b(?:reminders?|appointment|appt|confirmations?|text me|texts|message me|messages|recordatorios|citas?|rappels)\b/

/**
 * Whether somebody opts out, of what, and whether beyond doubt: in any wording (47 CFR 64.1200(a)(10): any reasonable way).
 * `folded` is the whole text as `foldText` gives it. Bare keywords that also name the appointment (CANCEL, END) and every
 * wording but the keywords are not sure: they silence first, and a person looks.
 */
export function readOptOut(folded: string): OptOut | undefined {
  const words = folded.replaceAll(/ ?[.,!?]/g, '').trim()
  if (surely.has(words)) return { refuses: 'all', sure: true }
  if (perhaps.has(words)) return { refuses: 'all', sure: false }
  const plain = folded.replaceAll(' ,', '')
  for (const [refuses, pattern] of kinds) {
    if (!pattern.test(plain)) continue
    // "Take me off the waitlist and stop texting me" is for everything.
    const rest = plain.replace(pattern, ' ')
    return keeps.test(plain) || !phrases.some((phrase) => phrase.test(rest)) ? { refuses, sure: true } : { refuses: 'all', sure: false }
  }
  if (phrases.some((phrase) => phrase.test(plain))) return { refuses: 'all', sure: false }
  return undefined
}
