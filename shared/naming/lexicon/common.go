package lexicon

// commonNames are given and family names that very many persons of the world have, in their usual Latin spelling. They are
// facts of language and come from no list.
const commonNames = `
james john robert michael william david richard joseph thomas charles christopher daniel matthew anthony mark donald steven paul andrew joshua kenneth kevin
brian george timothy ronald edward jason jeffrey ryan jacob gary nicholas eric jonathan stephen larry justin scott brandon benjamin samuel gregory frank
alexander raymond patrick jack dennis jerry tyler aaron jose adam nathan henry douglas zachary peter kyle ethan walter noah jeremy christian keith roger terry
austin sean gerald carl harold dylan arthur lawrence jordan jesse bryan billy bruce gabriel joe logan alan juan albert willie elijah wayne randy vincent mason
roy ralph bobby russell bradley philip eugene mary patricia jennifer linda elizabeth barbara susan jessica sarah karen lisa nancy betty sandra margaret ashley
kimberly emily donna michelle carol amanda melissa deborah stephanie rebecca laura sharon cynthia dorothy amy kathleen angela shirley emma brenda pamela nicole
anna samantha katherine christine helen debra rachel carolyn janet maria catherine heather diane olivia julie joyce victoria ruth virginia lauren kelly
christina joan evelyn judith andrea hannah megan cheryl jacqueline martha madison teresa gloria sara janice ann kathryn abigail sophia frances jean alice judy
isabella julia grace amber denise danielle marilyn beverly charlotte natalie theresa diana brittany doris kayla alexis lori marie anne jane eva irene rose
smith johnson williams brown jones garcia miller davis rodriguez martinez hernandez lopez gonzalez wilson anderson taylor moore jackson martin lee perez
thompson white harris sanchez clark ramirez lewis robinson walker young allen king wright torres nguyen hill flores green adams nelson baker hall rivera
campbell mitchell carter roberts gomez phillips evans turner diaz parker cruz edwards collins reyes stewart morris morales murphy cook rogers gutierrez ortiz
morgan cooper peterson bailey reed kelly howard ramos kim cox ward richardson watson brooks chavez wood bennett gray mendoza ruiz hughes price alvarez castillo
sanders patel myers long ross foster jimenez powell jenkins perry russell sullivan bell coleman butler henderson barnes fisher vasquez simmons romero jordan
patterson hamilton graham reynolds griffin wallace moreno west cole hayes bryant herrera gibson ellis tran medina aguilar stevens murray ford castro marshall
fernandez silva santos oliveira souza pereira costa rossi ferrari russo bianchi muller schmidt schneider fischer weber meyer wagner becker schulz hoffmann
carlos luis jorge pedro miguel antonio francisco manuel rafael fernando javier sergio ricardo eduardo roberto alberto mario diego andres pablo ana carmen rosa
isabel lucia elena marta cristina beatriz silvia monica patricia claudia alejandro daniela
ivan dmitry dmitri alexei aleksei sergei sergey andrei andrey mikhail nikolai vladimir aleksandr alexandr igor oleg yuri pavel viktor boris konstantin maksim
roman evgeny anton denis artem olga natalia irina svetlana tatiana elena ekaterina anastasia marina galina ludmila yulia ivanov petrov sidorov smirnov
kuznetsov popov vasiliev sokolov mikhailov novikov fedorov morozov volkov alekseev lebedev semenov egorov pavlov kozlov stepanov nikolaev orlov makarov
mohammed muhammad mohammad mohamed ahmed ahmad ali hassan hasan hussein hussain ibrahim omar umar khalid khaled abdullah yusuf yousef youssef mustafa mahmoud
mahmud hamid saeed said salah samir tariq karim rashid fatima aisha maryam zainab khan malik shah sheikh hamza bilal
wei fang min jing lei yang yong jun jie juan tao ming chao ping gang hua hui ying yan xia lan feng lin bin bo hao hong hai jian peng qiang yi yu yun xin xiang
xiaoming xiuying xiulan guiying meiling wang li zhang liu chen yang huang zhao wu zhou xu sun ma zhu hu guo he gao luo zheng liang xie song tang han cao deng
xiao cheng yuan shen fu zeng peng lu su jiang cai jia ding wei xue ye yu pan du dai xia zhong tian ren fan fang shi yao tan liao zou xiong jin hao kong bai cui
kang mao qiu qin gu hou shao meng wan duan lei qian yin chang chong choi park jung kang cho yoon jang lim hiro yuki kenji takashi hiroshi akira sato suzuki
takahashi tanaka watanabe ito yamamoto nakamura kobayashi kato haruto sakura yoko keiko raj kumar singh sharma gupta priya anita ravi sanjay
`
