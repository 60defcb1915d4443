/** What a client wants of the waitlist. `others`: it is (also) about somebody else, or gives orders: for a person. */
export type WaitlistWish = { kind: 'join' | 'change' | 'leave' | 'others'; /** What is left of the text without it, folded. */ rest: string }

const list = '(?:wait ?list|waiting ?list|cancell?ation ?list|stand ?by list|lista de espera|liste d ?attente)'
/** Before a request: where a thought begins, or words of asking. */
const asking = '(?:(?:can|could|would|will|may|might) (?:you|u|ya|yall|someone|somebody|i|we)(?: guys)?(?: (?:please|pls|plz|just|also|kindly|possibly|maybe|perhaps|still))*|(?:please|pls|plz|kindly|just|also|and|but|then|so|hi|hello|hey|hola|bonjour|ok|okay|yes|yeah|no|sure|thanks|thank you|actually|instead|maybe|rather|por favor|y|pero|gracias|mejor|et|mais|svp|merci)|(?:i(?: would|d)?|we(?: would|d)?)(?: (?:really|just|still|also))* (?:like|love|want|prefer|need)(?: you)? to|(?:i )?(?:want|wanna|need)(?: you)? to|lets|go ahead and|feel free to|quiero|quisiera|queria|me gustaria|puedo|podria|je (?:voudrais|veux|souhaite|souhaiterais|aimerais)|est ce que je peux|puis je)'
const begin = `(?<=^|[.,!?] )(?:${asking} )*`
const myself = '(?:me|my name)(?: (?:back|down|also|too|please|pls))*'
const onto = '(?:on|onto|to|in|into|up for|for|down for|down on)'
const the = '(?:the|your|a|ur|that|any|la|su|tu|una|votre|une)'

/** Something that comes free by itself, or through others. */
const something = '(?:any|some|a|an|one|the|other|earlier|sooner|free|open|last minute|no) ?(?:thing|one|body|time|times|spot|spots|slot|slots|opening|openings|place|places|appointment|appointments|appt|appts|cancell?ation|cancell?ations|earlier|sooner|else)*'
const comesFree = '(?:opens?(?: up)?|opened(?: up)?|frees?(?: up)?|gets? free|(?:becomes?|gets?|is|are) (?:free|available|open)|comes? (?:up|open|free|available)|pops? up|cancels?|cancelled|drops out)'
const itComesFree = `(?:(?:there (?:is|are|was|will be)|theres|you (?:have|get|had|got|see)|u (?:have|get)) (?:any|a|an|some|another)?(?: ?(?:earlier|sooner|last minute|free|open|other))* ?(?:cancell?ations?|openings?|(?:spots?|slots?|places?|appointments?|appts?|times?) ${comesFree})|(?:you (?:have|get)|there is|theres) (?:anything|something|any spots?|a spot|any openings?|an opening|any slots?|a slot|any times?|an appointment) (?:that is |thats )?(?:sooner|earlier|before)|${something} ${comesFree}|(?:someone|somebody|anyone|anybody|anything|something) (?:else )?(?:sooner |earlier )?${comesFree})`
const tellMe = '(?:let me know|lmk|text me|tell me|message me|msg me|notify me|alert me|contact me|ping me|keep me posted|keep me in mind|think of me|give me a (?:heads up|shout)|drop me a (?:text|line)|hit me up)'

const joins: RegExp[] = [
  new RegExp(`${begin}(?:put|add|get|place|stick|pop|throw|include|sign|have|keep|write|stay|jot) ${myself} ${onto} ${the}(?: \\w+)? ?${list}`),
  new RegExp(`${begin}(?:join|(?:be|go|get|stay|hop) on|get onto|be (?:added|put|placed) (?:to|on)|sign up for|get (?:added|put) (?:to|on)) ${the} ?${list}`),
  new RegExp(`${begin}wait ?list me`),
  new RegExp(`^(?:(?:hi|hello|hey|hola|bonjour|yes|ok|okay|please|pls|no|thanks|maybe|the|a|la|on the|sur la|a la) |[.,!] )*${list}(?= (?:please|pls|plz|thanks|por favor|svp|s il vous plait|sil vous plait|for|para|pour|on|el|any|[.,!]|xtime)|$)`),
  new RegExp(`${begin}${tellMe}(?: (?:right away|asap|please|pls|by text|here))? (?:if|when|whenever|in case|as soon as|the moment|should|once) ${itComesFree}`),
  new RegExp(`${begin}(?:if|when|whenever|in case|should) ${itComesFree}(?: (?:sooner|earlier|before(?: then| that)?|please|pls|on xtime|for xtime|xtime|up))*(?: ,)?(?: (?:please|pls|can you|could you|would you|will you|then|just))* ${tellMe}`),
  new RegExp(`${begin}(?:notify|alert|text|tell|message) me (?:of|about|for|with) (?:any|an|all|the)? ?(?:earlier |sooner |last minute |free |open )*(?:openings?|cancell?ations?|(?:spots?|slots?|times?) that (?:open|free|come)s? up)`),
  new RegExp(`${begin}(?:i d|id|i would|would|we d|wed)? ?(?:like|love|want|be happy|be able|prefer)?(?: to)? (?:get in|come in|come|be seen|take (?:it|a spot|a slot|the spot|an earlier (?:spot|slot|time)))(?: (?:sooner|earlier|before(?: then)?|xtime))* (?:if|when) ${itComesFree}`),
  new RegExp(`${begin}put me down (?:if|in case|for when) ${itComesFree}`),
  // Spanish
  new RegExp(`${begin}(?:me (?:pueden?|puedes|podrian?|podrias)(?: por favor)? |pueden? |podrian? )?(?:pon(?:gan?|er|er)?|apunt(?:en?|ar|a)|anot(?:en?|ar|a)|agreg(?:uen?|ar|a)|inclu(?:yan?|ir|ye)|inscrib(?:an?|ir|e)|met(?:an?|er|e)|anad(?:an?|ir|e)|dej(?:en?|ar|a))(?:me)?(?: por favor)? (?:en|a) (?:la|su) lista de espera`),
  new RegExp(`${begin}(?:estar|entrar|apuntarme|anotarme|inscribirme|ponerme|unirme) (?:en|a) (?:la|su|una) lista de espera`),
  new RegExp(`${begin}(?:avis(?:en?|a|ar|eme|enme|ame|arme)|(?:me )?(?:puede|pueden|podrian?) avisar(?:me)?|digan?me|escriban?me)(?:me)?(?: por favor)? (?:si|cuando|en caso de que) (?:(?:se )?(?:libera|libere|abre|abra|desocupa|desocupe|cancela|cancele|cancelan)|hay (?:una |alguna |otra )?(?:cancelacion|algo antes|un (?:hueco|lugar|espacio)|espacio antes)|alguien cancela|(?:tienen?|queda|sale) (?:algo|un (?:lugar|hueco|espacio)) (?:antes|mas temprano))(?: (?:algo|un (?:lugar|hueco|espacio|turno)|una (?:cita|hora)|alguna (?:cita|hora)))?`),
  new RegExp(`${begin}si (?:alguien cancela|se (?:libera|abre|desocupa) (?:algo|un (?:lugar|hueco|espacio)|una (?:cita|hora))|hay (?:una|alguna) cancelacion)(?: (?:antes|xtime))*(?: ,)? (?:por favor )?(?:avis(?:en?me|eme|ame|en|a)|me avisan?)`),
  // French
  new RegExp(`${begin}(?:mettez|mets|inscrivez|inscris|ajoutez|ajoute|rajoutez|placez|notez|gardez) moi (?:sur|a|dans|en) (?:la|votre|une)? ?liste d ?attente`),
  new RegExp(`${begin}(?:pouvez vous|pourriez vous|vous pouvez|vous pourriez|peux tu) (?:me |m ?)(?:mettre|inscrire|ajouter|rajouter|placer) (?:sur|a|dans|en) (?:la|votre|une)? ?liste d ?attente`),
  new RegExp(`${begin}(?:etre|m ?inscrire|aller|figurer|etre mise?) (?:sur|a|dans) (?:la|votre|une) liste d ?attente`),
  new RegExp(`${begin}(?:prevenez|previens|avertissez|dites|tenez|informez|contactez) moi(?: au courant)? (?:si|des que|quand|en cas) (?:(?:une place|un creneau|quelque chose|un rendez ?vous|quelqu ?un)(?: plus tot)? (?:se libere|s ?ouvre|annule|devient libre)|d ?annulation|de desistement)`),
]

const leaves: RegExp[] = [
  new RegExp(`${begin}(?:take|remove|get|drop|delete|scratch|pull|cross) (?:me|my name)(?: (?:please|pls))? (?:off|from|out of|off of|out)(?: of)? ${the}? ?${list}`),
  new RegExp(`${begin}(?:leave|get off|come off|be (?:taken|removed) (?:off|from)|drop off|drop out of|quit|exit) ${the} ?${list}`),
  new RegExp(`${begin}(?:cancel|end|drop|delete|remove) (?:my|the) (?:(?:spot|place|name|entry|request) (?:on|from|for) (?:the|your) )?${list}(?: (?:spot|place|entry|request))?`),
  new RegExp(`${begin}(?:i |we )?(?:dont|do not|no longer) (?:want|need|wish)(?: to be)?(?: on)? ${the}? ?${list}`),
  new RegExp(`${begin}off ${the} ${list}`),
  /(?:^|[.,!?] |por favor )(?:me (?:pueden?|podrian?) )?(?:quit|sac|borr|elimin|retir)(?:e|en|a|ar)?(?:me|nme)? de (?:la|su) lista de espera/,
  /(?:^|[.,!?] )(?:ya )?no (?:quiero|necesito|deseo) (?:estar |seguir )?(?:en )?(?:la|su) lista de espera/,
  /(?:^|[.,!?] )(?:salir|salirme|darme de baja) de (?:la|su) lista de espera/,
  /(?:^|[.,!?] |svp )(?:(?:pouvez|pourriez) vous (?:me |m ?))?(?:retire[zr]?|enleve[zr]?|raye[zr]?|supprime[zr]?|ote[zr]?)(?: moi)? (?:de|sur) (?:la|votre) liste d ?attente/,
  /(?:^|[.,!?] )je (?:ne )?(?:veux|souhaite|desire) plus (?:etre |rester )?(?:sur|dans) (?:la|votre) liste d ?attente/,
]

const changes: RegExp[] = [
  new RegExp(`(?<=^|[.,!?] )(?:(?:${asking}|oh|wait|sorry) )*(?:for|about|on|re|regarding|para|sobre|pour|concernant) (?:the|my|your|la|mi|su|ma|votre) ${list}(?: (?:thing|request|spot|place|entry))?`),
  new RegExp(`${begin}(?:change|switch|update|make|edit) (?:my|the) ${list}(?: (?:times?|days?|request|spot|entry|preferences?|wish|availability))*`),
  new RegExp(`(?<=^|[.,!?] )my ${list} (?:times?|days?|request|availability|preferences?)`),
  /(?<=^|[.,!?] |quisiera |quiero |por favor )cambi(?:ar|en?|eme|enme) (?:mi|la|mis horas? (?:de|en) la|mi horario (?:de|en) la) ?lista de espera/,
]

/** Somebody else's entry, several people's, somebody else's words, or an order to whatever reads this. */
const hazards = /\b(?:everyone|everybody|all (?:the |your |of )?(?:clients?|customers?|appointments?|bookings?|people)|my (?:\w+ )?(?:sister|brother|mom|mum|mother|dad|father|daughter|son|kids?|child|children|husband|wife|partner|friends?|boyfriend|girlfriend|cousin|aunt|uncle|niece|nephew|grandma|grandmother|boss|coworker|roommate|family)|him|her|them|both of us|and (?:i|myself)|(?:mi|mis|mon|ma|mes) (?:herman[ao]s?|mama|papa|madre|padre|hij[ao]s?|espos[ao]|amig[ao]s?|soeur|frere|mere|pere|fille|fils|mari|femme|amie?s?)|todos|tout le monde|ignore|instructions?|system|prompt|assistant|admin\w*|approv\w*|rules?|override|skip|front of|first in line|top of|priority|vip|jump|password|database)\b/
/** Told or asked of somebody else, or refused: "I thought you put me on the waitlist", "don't put me on it". */
const reported = /\b(?:dont|do not|never|did|didnt|didn t|wasnt|was|were|why|already|thought|said|told|says|was told|havent|has|not|nunca|pas|jamais|pourquoi|por que|ya me|unless)\b|\b(?:or|o|ou) §/

/**
 * Reads what a text wants of the waitlist, where its words leave no doubt; undefined for everything else ("I waited 20
 * minutes", "how long is the waitlist?"). `folded` is the text as `foldText` gives it, with its days and
 * times as `xtime` ("sooner" stays a word).
 */
export function readWaitlistWords(folded: string): WaitlistWish | undefined {
  const text = folded.replaceAll('-', ' ')
  for (const [kind, patterns] of [['leave', leaves], ['change', changes], ['join', joins]] as const) {
    for (const pattern of patterns) {
      const match = pattern.exec(text)
      if (match === null) continue
      const rest = `${text.slice(0, match.index)} § ${text.slice(match.index + match[0].length)}`.replaceAll(/ +/g, ' ').trim()
      if (hazards.test(text)) return { kind: 'others', rest }
      if (kind !== 'leave' && reported.test(sentenceOf(rest))) return undefined
      return { kind, rest }
    }
  }
  return undefined
}

/** The sentence in which it stood. */
function sentenceOf(rest: string): string {
  return rest.split(/[.!?]/).find((sentence) => sentence.includes('§')) ?? rest
}
