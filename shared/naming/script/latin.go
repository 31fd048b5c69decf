package script

import (
	"strings"

	"shixin/shared/naming/once"
)

// letters holds how a letter of another script, or a Latin letter beyond the alphabet, is written in Latin. Each field is
// the Latin and then the letters that it stands for.
const letters = `ss:ß ae:æ oe:œ o:øө d:đðдδ l:łл h:ħхһחه i:ıиіїи y:ыйүұυיي th:þθ a:əаαάא ng:ŋң n:нνנن k:кκқככּךqکك
b:бבب v:вβו g:гґғγגغگ e:еєэεη zh:ж z:зζזز m:мμמםم p:пπפףپ r:рρרر s:сσςסصسث t:тτטתטط u:уў f:фφف kh:хχخ
ts:цצץ ch:чچ sh:шשش shch:щ yu:ю ya:я yo:ё dzh:џ j:јج lj:љ nj:њ dj:ђ dz:ѕ c:ћ k:ќ x:ξ ps:ψ o:оωο i:ι
d:דדضد dh:ذظ q:ק q:ق w:و a:اأإآىعءئؤةעۀە y:ی l:לل h:ح l:λ y:υ d:δ`

// byLetter is made of letters when it is first asked.
var byLetter = once.Made(func() map[rune]string {
	m := map[rune]string{'ъ': "", 'ь': "", 'ー': ""}
	for field := range strings.FieldsSeq(letters) {
		to, from, _ := strings.Cut(field, ":")
		for _, r := range from {
			if _, known := m[r]; !known {
				m[r] = to
			}
		}
	}
	m['х'] = "kh"
	return m
})

// latin writes one letter, in lower case and without accents, in Latin letters. What it does not know divides words.
func latin(r, before rune) string {
	switch {
	case 'ᄀ' <= r && r <= 'ᇂ':
		return hangul(r)
	case 'ぁ' <= r && r <= 'ヺ':
		return kana(r)
	}
	if s, ok := byLetter()[r]; ok {
		if r == 'е' && before == 'ь' {
			return "ye"
		}
		return s
	}
	return " "
}

// jamo are the parts of a syllable of Hangul in Revised Romanization: first consonants, vowels, last consonants.
var (
	leads  = strings.Split("g kk n d tt r m b pp s ss - j jj ch k t p h", " ")
	vowels = strings.Split("a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i", " ")
	tails  = strings.Split("k k k n n n t l k m l l l p l m p p t t ng t t k t p t", " ")
)

func hangul(r rune) string {
	var s string
	switch {
	case r <= 'ᄒ':
		s = leads[r-'ᄀ']
	case 'ᅡ' <= r && r <= 'ᅵ':
		s = vowels[r-'ᅡ']
	case 'ᆨ' <= r && r <= 'ᇂ':
		s = tails[r-'ᆨ']
	}
	return strings.Trim(s, "-")
}

// syllabary is Hiragana from ぁ on in Hepburn, without voiced marks, which are accents and are gone; · is a small tsu.
var syllabary = strings.Split("a a i i u u e e o o ka ga ki gi ku gu ke ge ko go sa za shi ji su zu se ze so zo ta da chi ji · tsu zu te de to do na ni nu ne no ha ba pa hi bi pi fu bu pu he be pe ho bo po ma mi mu me mo ya ya yu yu yo yo ra ri ru re ro wa wa i e o n v", " ")

func kana(r rune) string {
	if r >= 'ァ' {
		r -= 'ァ' - 'ぁ'
	}
	if i := int(r - 'ぁ'); i < len(syllabary) && syllabary[i] != "·" {
		return syllabary[i]
	}
	return ""
}
