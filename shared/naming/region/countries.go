package region

// countries are the places beyond the codes that stand in many names, and other spellings of Chinese regions: a line each.
const countries = `
中国,中华,china,chinese,prc,chinesa,kitai
北京,peking
广州,canton
广东,kwangtung,guangdong
香港,hong kong,hongkong,hk,h k
澳门,macau,macao
台湾,taiwan
台北,taipei
陕西,shaanxi
山西,shanxi
西藏,tibet,xizang
内蒙古,inner mongolia,neimenggu
新疆,xinjiang
哈尔滨,harbin,haerbin
乌鲁木齐,urumqi
呼和浩特,hohhot
拉萨,lhasa
重庆,chongqing,chungking
厦门,xiamen,amoy
南京,nanking,nanjing
长沙,changsha
长春,changchun
长治,changzhi
天津,tientsin,tianjin
俄罗斯,russia,russian,rus,rossiya,rossiyskaya,rossiiskii,rossiiskaya
莫斯科,moscow,moskva,moskovskiy,moskovskii
圣彼得堡,petersburg,saint petersburg,st petersburg,sankt peterburg,leningrad
伊朗,iran,iranian,irani,persian,persia,islamic republic
德黑兰,tehran,teheran,isfahan,esfahan,shiraz,tabriz,mashhad,ahvaz,qom,bushehr,bandar abbas
基什岛,kish,qeshm
朝鲜,korea,korean,dprk,pyongyang
韩国,seoul
日本,japan,japanese,tokyo
印度,india,indian,mumbai,delhi,bombay
巴基斯坦,pakistan,pakistani,karachi,lahore
阿富汗,afghanistan,afghan,kabul,kandahar
阿联酋,uae,emirates,emirate,emirati
迪拜,dubai,sharjah,ajman,abu dhabi,fujairah
土耳其,turkey,turkiye,turkish,turk
伊斯坦布尔,istanbul,ankara,izmir,antalya
叙利亚,syria,syrian,damascus,aleppo
黎巴嫩,lebanon,lebanese,beirut
伊拉克,iraq,iraqi,baghdad,basra,erbil
也门,yemen,yemeni,sanaa,aden
沙特,saudi,saudi arabia,riyadh
卡塔尔,qatar,doha
科威特,kuwait
阿曼,oman,muscat
约旦,jordan,amman
以色列,israel
巴勒斯坦,palestine,palestinian,gaza
埃及,egypt,egyptian,cairo
利比亚,libya,libyan,tripoli
苏丹,sudan,sudanese,khartoum
索马里,somalia,somali,mogadishu
南非,south africa,africa,african,afrika
乌克兰,ukraine,ukrainian,kiev,kyiv
克里米亚,crimea,crimean,krym,sevastopol,simferopol
白俄罗斯,belarus,belarusian,minsk,byelorussian
塞浦路斯,cyprus,limassol,nicosia
德国,germany,german,deutschland,deutsche,berlin,hamburg,munich
法国,france,french,paris
英国,uk,united kingdom,britain,british,london,england,scotland
意大利,italy,italian,italia
西班牙,spain,espana,madrid
瑞士,switzerland,swiss,geneva,zurich
奥地利,austria,vienna
荷兰,netherlands,holland
欧洲,europe,european,euro,europa
亚洲,asia,asian,asiatic
美国,usa,america,american,americas,us
加拿大,canada,canadian
墨西哥,mexico,mexicana,mexicano,sinaloa,jalisco,culiacan,guadalajara,tijuana
哥伦比亚,colombia,colombian,colombiana,colombiano,bogota,medellin,cali
巴拿马,panama,panamena
委内瑞拉,venezuela,venezolana,venezolano,caracas
古巴,cuba,cuban,cubana,cubano,havana,habana
秘鲁,peru,lima,peruana
厄瓜多尔,ecuador,quito
玻利维亚,bolivia,boliviana
巴西,brazil,brasil,brazilian
阿根廷,argentina
智利,chile
危地马拉,guatemala
洪都拉斯,honduras
尼加拉瓜,nicaragua,managua
哥斯达黎加,costa rica
新加坡,singapore
马来西亚,malaysia,malaysian,kuala lumpur
印度尼西亚,indonesia,indonesian,jakarta
泰国,thailand,thai,bangkok
缅甸,myanmar,burma,burmese,yangon
柬埔寨,cambodia,cambodian
越南,vietnam,vietnamese,hanoi,viet nam
老挝,laos,lao
菲律宾,philippines,philippine,manila
哈萨克斯坦,kazakhstan,kazakh,almaty
乌兹别克斯坦,uzbekistan,uzbek,tashkent
吉尔吉斯斯坦,kyrgyzstan,kyrgyz,bishkek
塔吉克斯坦,tajikistan,tajik
土库曼斯坦,turkmenistan,turkmen
格鲁吉亚,georgia,georgian,tbilisi
亚美尼亚,armenia,armenian
阿塞拜疆,azerbaijan,baku
塞尔维亚,serbia,serbian,belgrade
波斯尼亚,bosnia,bosnian,sarajevo,republika srpska
保加利亚,bulgaria,bulgarian
罗马尼亚,romania,romanian
希腊,greece,greek,athens,hellenic
马耳他,malta,maltese
马绍尔群岛,marshall islands
利比里亚,liberia
塞舌尔,seychelles
刚果,congo,congolese
津巴布韦,zimbabwe,zimbabwean
乌干达,uganda
肯尼亚,kenya
卢旺达,rwanda
埃塞俄比亚,ethiopia
尼日利亚,nigeria,nigerian
马里,mali
加沙,west bank
远方,far east,middle east,gulf,caspian,caribbean,siberia,siberian,sibir,ural,urals,volga,baltic,black sea,balkan,balkans
`
