/** A fact of the client's own booking that can be told. */
export const facts = ['when', 'who', 'length', 'end', 'price', 'service', 'place', 'phone', 'hours'] as const
export type Fact = (typeof facts)[number]

/** Courtesies and openings around a question that ask nothing themselves; folded text. */
const openings = /^(?:(?:hi|hello|hey|hola|buenas|buenos dias|ok|okay|and|also|y|so|oh|sorry|perdon|disculpe|just|quick question|one question|una pregunta|pregunta|question|by the way|btw|please|pls|por favor|thanks|thank you|gracias|yes|si|sure|great|perfect)[ ,]+|(?:can|could|would|will) (?:you|u) (?:please )?(?:tell|remind) me (?:again )?|(?:do you know|remind me|tell me|i forgot|i forget|i dont remember|i cant remember|i was wondering|just wondering|wondering|i want to know|i wanted to check|just checking|me puede decir|me podria decir|me dice|me recuerda|recuerdeme|sabe|no recuerdo|olvide) )+/
const endings = /(?: |^)(?:again|please|pls|por favor|thanks|thank you|thx|gracias|then|now|exactly|though|btw|by the way|for me|otra vez|exactamente)$/

const mine = String.raw`(?:(?:my|the|our|this|that|mi|la|el|nuestra) (?:next )?(?:appointment|appt|apt|apptmt|booking|visit|session|service|treatment|cut|hair ?cut|colou?r|cita|turno|reserva|servicio|corte|rendez vous)|it|this|that|everything)`
const forMine = String.raw`(?: (?:for|of|to|de|para|in|on|at) ${mine})?`
const day = String.raw`(?: (?:on |el |for |this |that |este |ese )*(?:today|tomorrow|tonight|that day|day|hoy|ese dia|dia|(?:mon|tues|wednes|thurs|fri|satur|sun)days?|weekends?|lunes|martes|miercoles|jueves|viernes|sabado|domingo|manana))?`

/** Each fact by whole questions that ask for it and nothing else: what is left over would be another question. */
const asking: [Fact, RegExp][] = [
  ['hours', whole(String.raw`(?:(?:what|when|which) (?:time )?(?:do|are|will) (?:you|u|you guys|yall|they|the salon|the shop) (?:guys )?(?:open|close|closing|opening|shut)(?: at)?(?: until| till)?|(?:what are|whats|what is) (?:your|the|ur) (?:opening |business |store )?(?:hours|times)|until what time are you open|how late are you open|are you open|opening hours|what time do you (?:open and close|open or close)|a que hora (?:abren|cierran)|(?:cual es )?(?:su|el) horario|hasta que hora (?:abren|estan|atienden)|estan abiertos|abren)${day}${day}`)],
  ['place', whole(String.raw`(?:where (?:are|r) (?:you|u|you guys)(?: located| at)?|where is (?:the salon|the shop|it|it located|this|the appointment|my appointment|that)(?: at| located)?|where (?:do|should) i (?:go|come|go to|come to)|where am i (?:going|going to|coming to)|(?:whats|what is|what was|send me|text me|i need|can i (?:get|have)|can you (?:send|text|give) me|could you (?:send|text|give) me) (?:your|the|ur) (?:full |exact |street )?(?:address|location|directions)|(?:your|the) address|address|how do i (?:get|find) (?:there|you|to you)|how to get (?:there|to you)|directions|which (?:location|shop|salon|place)(?: is (?:it|this|that)| am i (?:going to|at|in))?|donde (?:estan|esta|queda|quedan|es|estan ubicados|se encuentran)(?: (?:el salon|ustedes|la cita|ubicados))?|(?:cual es )?(?:su|la) (?:direccion|ubicacion)|como llego)${forMine}`)],
  ['phone', whole(String.raw`(?:(?:whats|what is|can i (?:get|have)|i need|send me) (?:your|the|ur|a) (?:phone |telephone |contact |salon |desk )*number|(?:what|which) number (?:can|do|should) i call|is there a (?:phone )?number (?:i can|to) call(?: you)?(?: at)?|(?:cual es )?(?:su|el) (?:numero(?: de telefono)?|telefono)|a que numero (?:llamo|puedo llamar))${forMine}`)],
  ['end', whole(String.raw`(?:(?:what|which) time (?:will|would|should|do|am|can) i (?:be )?(?:done|finished|finish|ready|out|out of there|through|leave)(?: by| at)?|when (?:will|would|should|do) i (?:be )?(?:done|finished|finish|ready|out)|(?:what time|when) (?:does|will|is) ${mine} (?:end|finish|be over|over|done|be done)|a que hora (?:termino|termina|salgo|acabo|acaba))${forMine}${day}`)],
  ['length', whole(String.raw`(?:how (?:long|much time) (?:will|does|would|is|should|do|did|for)(?: ${mine}| i| you)?(?: (?:take|be|need|going to take|gonna take|supposed to take|booked for|expected to take|expect|plan for|normally take|usually take))*|how long|cuanto (?:tiempo )?(?:dura|tarda|va a durar|va a tardar|toma|lleva|demora|durara|tardara)(?: ${mine})?)${forMine}`)],
  ['price', whole(String.raw`(?:how much (?:will|does|would|is|was|should|s)(?: ${mine}| i)?(?: (?:cost|be|pay|expect to pay|run|total|going to be|gonna be|going to cost|gonna cost|cost me|come to|need to pay|have to pay))*|how much(?: do i (?:pay|have to pay|need to pay))?|(?:whats|what is|what was|what will be|what would be) the (?:price|cost|total|total price|total cost|charge)|what (?:does|will|would) ${mine} (?:cost|be|come to|run)(?: me)?|(?:price|cost)|cuanto (?:cuesta|es|vale|sale|seria|me cobran|va a costar|costara|cobran)(?: ${mine})?|(?:cual es )?el (?:precio|costo|total))${forMine}`)],
  ['who', whole(String.raw`(?:who (?:is|s|am|are|will|was|do|did|would) (?:${mine}|i|my|the)(?: (?:with|seeing|booked with|scheduled with|going to|going to be with|be with|have|see|stylist|getting|doing my hair|have it with|with again))*|whos (?:it|my stylist|my appointment|doing my hair|that|this)(?: with)?|(?:which|what) (?:stylist|person|hairdresser|barber|colorist|therapist)(?: (?:is it with|am i (?:seeing|with|booked with|having)|do i have|will i have|is it|is that with))?|with (?:who|whom)|whos? is my (?:stylist|hairdresser|barber|therapist)|con quien (?:es|tengo|me toca|esta|seria)(?: ${mine})?|con quien|quien (?:me atiende|me va a atender|me corta))${forMine}${day}`)],
  ['service', whole(String.raw`(?:what (?:am i|was i|is it|is ${mine}|is the appointment|did i) (?:booked|booked in|scheduled|coming in|down|getting|having|book|getting done|having done)(?: for| in for)?|what (?:am i|is it|is ${mine}) for|(?:which|what) (?:service|treatment|services)(?: (?:is it|am i (?:booked for|getting|having)|is that|did i book|do i have))?|what did i book|what do i have(?: booked| scheduled)?|para que (?:es|servicio es)(?: ${mine})?|(?:que|cual) servicio(?: (?:tengo|es|reserve))?|que me voy a hacer)${forMine}${day}`)],
  ['when', whole(String.raw`(?:(?:what|which) (?:time|day|date|day and time|time and day|date and time)(?: (?:is|was|are|s|am|did|do|should)(?: ${mine}| i| we)?(?: (?:at|for|on|again|booked|booked for|booked in|booked in for|scheduled|scheduled for|coming|coming in|supposed to come|supposed to come in|supposed to be there|come|come in|be there|have|have it|book|down for))*)?|(?:what|which) (?:time|day|date|day and time) (?:i am|im|i was|${mine} (?:is|was))(?: (?:at|for|on|in|booked|scheduled|coming))*|when (?:i am|im|${mine} (?:is|was))(?: (?:booked|scheduled|coming|for|in))*|when (?:is|was|s|am|are|did|do) (?:${mine}|i|we)(?: (?:at|for|again|booked|booked for|scheduled|coming|coming in|supposed to come|supposed to come in|supposed to be there|book|have it))*|whens? (?:is )?${mine}|a que hora(?: (?:es|era|tengo|seria|quede|debo llegar|tengo que (?:ir|venir|estar)))?(?: ${mine})?|cuando (?:es|era|tengo|seria)(?: ${mine})?|que (?:dia|fecha)(?: y (?:a que )?hora)?(?: (?:es|tengo|era|y hora))?(?: ${mine})?)${forMine}${day}`)],
]

/** Questions that would need more than a fact: they go on to the policies or to a person. */
const morePast = /\b(?:if|unless|instead|another|other|else|last time|before|old|new|change|cancel|free|refund|si quiero|otra)\b/

/** The fact a question asks for, when it asks for that and nothing else; undefined otherwise. English and Spanish; pure. */
export function readQuestion(question: string): Fact | undefined {
  const text = plain(question)
  if (text === '' || text.length > 120 || morePast.test(text)) return undefined
  return asking.find(([, pattern]) => pattern.test(text))?.[0]
}

/** Whether a question names a day of its own: "are you open sunday?". */
export function namesDay(question: string): boolean {
  return /\b(?:today|tomorrow|tonight|(?:mon|tues|wednes|thurs|fri|satur|sun)days?|weekends?|holidays?|hoy|manana|lunes|martes|miercoles|jueves|viernes|sabados?|domingos?|christmas|thanksgiving|new years?)\b|\d/.test(plain(question))
}

/** Lower case, without accents, marks, and the courtesies around it. */
function plain(question: string): string {
  let text = question.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase().replaceAll(/['’‘`]/g, '').replaceAll(/[^\p{L}\p{N}]+/gu, ' ').trim()
  for (let before = ''; before !== text;) {
    before = text
    text = text.replace(openings, '').replace(endings, '').trim()
  }
  return text
}

function whole(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`, 'u')
}
