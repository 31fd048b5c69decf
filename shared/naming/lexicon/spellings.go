package lexicon

import (
	"strings"

	"shixin/shared/naming/once"
)

// spellings are names that very many persons have and that are written in more ways than one, a line for each name: transliterations of
// Arabic, Persian and Turkish, of Russian and Ukrainian, and what other languages spell differently. They are facts of language.
const spellings = `
muhammad mohammed mohammad mohamed mohamad muhammed muhamad muhamed mohamud mahomed mehmet mehmed mohd muhammet magomed
ahmad ahmed ahmet achmad akhmad akhmed
hassan hasan hassane
hussein hussain husain husayn husein hossein hussien huseyin hossain hosein houssein khusein khusain
ali aly
ibrahim ebrahim ibraheem ibrahem brahim ibragim
omar umar omer oumar
khalid khaled khalad halid
abdullah abdallah abdulla abdoullah abdellah abdollah abdullahi
abdulrahman abdelrahman abdurrahman abdurahman abdulrehman abdalrahman abdirahman abderrahmane
abdulaziz abdelaziz abdolaziz abdalaziz abdulazeez
abdulkarim abdelkarim abdulkareem abdelkrim
abdulkadir abdelkader abdulqadir abdulkader abdalqadir abdikadir
yusuf yousef youssef yousuf yusef youssouf yosef yusif
mustafa mostafa moustafa mustapha moustapha
mahmoud mahmud mahmood mehmood mahamud
saeed said saied sayeed
samir sameer
tariq tarek tareq tarik tarique
karim kareem kerim
rashid rasheed rachid rasheid
hamid hameed hamed
walid waleed oualid
majid majeed madjid
rahim raheem
amin ameen
jafar jaafar jaffar djafar
jamal gamal djamal jamaal cemal
osama usama oussama ussama
sulaiman suleiman sulayman soliman suleyman soleiman sulejman
qasim qassim kassem kasim qasem ghasem kassim
faisal faysal feisal faycal
nasser nasir nasr naser nassir
hamza hamzah
bilal belal
ismail ismael esmail ismaeel ismayil
yahya yehia yahia
isa issa eissa
musa moussa mousa moosa
idris idriss edris
zain zayn zein zayin
zainab zeinab zaynab zaineb
fatima fatma fatimah fatemeh fatimeh
aisha ayesha aicha aysha
maryam mariam meryem
khadija khadijah khadidja hatice
sheikh shaikh shaykh cheikh sheik
sayyid sayed sayyed seyed seyyed said
hajji haji hadji hajj
malik malek
dmitry dmitri dmitriy dmitrii dmitrij dimitri dmytro
alexei alexey aleksei aleksey alexej oleksiy oleksii alexi
sergei sergey sergej serguei serhii serhiy sergii
andrei andrey andrej andriy andrii
alexander aleksandr alexandr aleksander alexandre oleksandr aleksandar alessandro
nikolai nikolay nikolaj mykola
yuri yury yuriy yurii iurii jurij iouri
evgeny yevgeny evgenii evgeniy yevgeniy yevgenii eugene
mikhail michail mihail mykhailo mykhaylo
vladimir wladimir volodymyr vladimer
vasily vasiliy vasilii vasili vasyl
anatoly anatoliy anatolii anatoli
vitaly vitaliy vitalii vitali
valery valeriy valerii valeri
grigory grigoriy grigorii hryhorii
georgy georgiy georgii georgi
arkady arkadiy arkadii arkadi
pyotr petr piotr petro
pavel pavlo
natalia natalya nataliya natalja
yulia yuliya julia iuliia
tatiana tatyana tetiana
ekaterina yekaterina kateryna
elena yelena olena
anastasia anastasiya anastasija
ksenia kseniya xenia
stephen steven stefan stephan
jeffrey geoffrey
catherine katherine kathryn katharine
sofia sophia sofiya
thomas tomas
joseph josef jozef
luis louis
marcos markos
philip phillip filip
lee rhee
park pak bak
choi choe
kim gim
`

var spelled = once.Made(func() map[string]uint16 {
	m := map[string]uint16{}
	n := uint16(0)
	for line := range strings.Lines(strings.TrimSpace(spellings)) {
		n++
		for name := range strings.FieldsSeq(line) {
			if _, known := m[name]; !known {
				m[name] = n
			}
		}
	}
	return m
})

// Spelled is the number of the name, from 1 and below 1,024, that a word is a usual spelling of and that very many persons have; 0 is
// none.
func Spelled(word string) uint16 { return spelled()[word] }
