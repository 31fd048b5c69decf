package lexicon

// trades are what organisations do, a line for each meaning: in Chinese, then in English, Spanish, Russian and other
// languages of lists, with usual abbreviations. A word stands on the first line that has it.
const trades = `
科技,高科,高新科技,technology,technologies,tech,technol,tecnologia,tecnologias,tekhnologii,tekhnologiya,technologie,teknoloji,teknolojileri,tekno
技术,technical,technic,technics,tekhnika,tecnica
网络,网路,network,networks,networking,net
信息,资讯,信息技术,information,info,informacion,informatsionnye,informatics,informatika
通信,通讯,communication,communications,comm,comms,communicaciones,comunicaciones,svyaz,iletisim
电信,telecommunication,telecommunications,telecom,telecoms,telekom,telecomunicaciones,telekommunikatsii
电子,electronic,electronics,electron,elec,elect,elektronik,elektronika,electronica,electronicos,elektron
电子商务,电商,ecommerce,e commerce,e business
商务,commerce,commercial,comercial,komersiya,ticaret,tic,comercializadora,comercio,kommercheskaya
商贸,经贸,贸易,外贸,工贸,国际贸易,trading,trade,traders,trd,trdg,trading house,torgovy dom,torgovyi dom,torgovlya,bazargani,tejarat,tijara,tijarah,commercio,trades
进出口,import export,import and export,imp exp,impex,importadora y exportadora,importacion,exportacion,import,export,imports,exports,imp,exp,importadora,exportadora,importers,exporters,ithalat,ihracat,eksport
供应链,supply chain
供应,supply,supplies,suppliers,suministros,snab
物流,logistics,logistic,logistica,logistika,lojistik,log
运输,货运,速运,快运,transport,transportation,transportes,transporte,trans,tpt,haulage,nakliyat,hamlonaghl,perevozki
快递,express,courier
货运代理,货代,国际货运代理,freight,forwarding,cargo,freight forwarding,forwarders
航运,海运,船务,轮船,船舶,shipping,maritime,marine,shpg,ship,ships,naviera,denizcilik,sudokhodstvo,navigation,keshtirani,vessel,vessels,line,lines,tankers,tanker
船厂,造船,shipbuilding,shipyard,shipyards,sudostroitelny,sudoremontny,ship repair
航空,aviation,airlines,airline,airways,air,aero,aviones,aerolineas,avia,aircraft,havayollari,havacilik,aviatsionnaya
航天,aerospace,space,cosmos
管理,企业管理,management,mgmt,mgt,administration,gestion,administracion,upravlenie,yonetim
服务,service,services,svc,svcs,svs,servicios,servicio,servis,uslugi,hizmetleri,hizmet,khadamat
咨询,顾问,consulting,consultancy,consultants,consultant,consult,consultores,consultoria,danismanlik,konsalting,advisory,advisers,advisors,asesores,asesorias
投资,创投,创业投资,股权投资,investment,investments,invest,investors,inv,inversiones,inversion,investitsii,yatirim,sarmayegozari,sarmayeh
资本,capital,kapital
资产,资产管理,assets,asset,aktiv
基金,fund,funds,fondo,fond
金融,finance,financial,finans,financiera,fin,financing,financiero,finanzas
银行,bank,banking,banco,banque,banka,bankasi,bk
保险,insurance,assurance,seguros,strakhovanie,sigorta,bimeh
担保,融资担保,guarantee,guaranty
租赁,融资租赁,leasing,lease,rental,rentals,lizing
典当,pawn
小额贷款,贷款,microfinance,loan,loans,credit,kredit,credito
证券,securities,brokerage,broker,brokers,exchange,exchangers,exchange house,sarrafi,sarafi,casa de cambio,money exchange,hawala
期货,futures
信托,trust,fiduciary
支付,payment,payments,pay
外汇,forex,currency
文化,culture,cultural,kultura,cultura
传媒,媒体,传播,文化传媒,文化传播,media,medya
广告,advertising,advertisement,adv,publicidad,reklam,reklama
影视,影业,film,films,movie,cinema,pictures,video
娱乐,entertainment
游戏,games,gaming,game
动漫,animation
教育,培训,education,educational,edu,training,educacion,egitim,obrazovanie
学校,学院,school,academy,college,institute,inst,institut,instituto,instituute,akademiya
大学,university,univ,universidad,universitet,universitesi,daneshgah
研究,研究院,研究所,research,research and development,r and d,research center,research centre,nii,nauchno,issledovatelskiy,scientific,science,sciences,nauchnyi,tahghighat,pajuhesh,pazhouhesh
设计,design,designs,diseno,tasarim,project design
装饰,装修,装潢,decoration,interior,interiors,dekorasyon
建筑,建设,建工,建筑工程,construction,constructions,const,constr,construcciones,construccion,constructora,insaat,stroitelstvo,stroy,stroi,building,builders,constructors,bau,sakhteman,sakhtemani
市政,civil works
工程,engineering,eng,engg,engrg,engineers,ingenieria,inzhiniring,muhendislik,mohandesi,mohandessi,ingenieros,proyectos
安装,installation,installations,montazh
房地产,地产,置业,置地,real estate,realty,estate,estates,property,properties,inmobiliaria,inmuebles,bienes raices,nedvizhimost,gayrimenkul,emlak,land
物业,物业管理,property management,facility
开发,发展,development,dev,dvlpt,develop,developers,developments,desarrollo,desarrollos,razvitie,towsee
实业,industrial,ind,indl,industriales,industrialnaya,promyshlennaya,sanayi,san,sanati
工业,产业,industry,industries,inds,industria,industrias,industrie,prom,promyshlennost,sanaye
制造,manufacturing,manufacturer,manufacturers,manufacture,mfg,mfr,manufactura,fabrika,uretim,imalat,fabrication,production,productions,proizvodstvo,products,product,productos,urunleri,tolidi,tolid
厂,工厂,工坊,作坊,坊,制造厂,加工厂,factory,works,plant,zavod,fabrica,fabrikasi,karkhaneh,mill,mills
加工,processing
机械,机电,mechanical and electrical,machinery,machine,machines,mach,mechanical,makina,makine,maquinaria,mashinostroitelnyi,mashinostroenie,machine building,mechanics
设备,装备,机电设备,equipment,equip,equipments,equipo,equipos,oborudovanie,ekipman,appliances
仪器,仪表,instrument,instruments,instrumentation,apparatus,pribor
电器,电气,electric,electrical,electro,electrics,elektrik,elektro,electrica,elektromekhanicheskiy
电力,能源电力,power,electric power,energoset,electricidad
能源,energy,energia,energiya,enerji,energetik,energeticheskaya,energo,energetika
新能源,new energy,renewable,solar,photovoltaic,wind power
石油,油田,oil,petroleum,petrol,neft,petroleo,petroleos,naft,petroli,crude
天然气,燃气,gas,gaz,natural gas,lng,gases
石化,石油化工,petrochemical,petrochemicals,petro,petrochimie,petrokimya,patroshimi
化工,化学,chemical,chemicals,chem,quimica,quimicos,kimya,khimicheskiy,khim,chemistry,chemie,shimi,shimiaee
材料,新材料,material,materials,mat,malzeme,materiales,new materials
塑料,塑胶,橡塑,plastic,plastics,plastik,plasticos,polymer,polymers,polimer
橡胶,rubber,tire,tyre,tires
金属,metal,metals,metall,metales,metallurgical,metallurgy,metallurgicheskiy,metallurgichesky,metalurji,metalurgica
钢铁,钢材,steel,iron,iron and steel,stal,celik,acero,aceros,foolad,foulad
铝业,铝,aluminium,aluminum,alum
有色金属,nonferrous,non ferrous,copper,zinc,nickel
矿业,矿产,采矿,mining,mines,mine,minera,minerals,mineral,mineria,maden,madencilik,gornaya,gorno
煤炭,煤业,coal,carbon,ugol
黄金,珠宝,gold,jewelry,jewellery,jewelers,jewels,diamond,diamonds,oro,kuyumculuk,gems
农业,农牧,agriculture,agricultural,agro,agri,agricola,agropecuaria,agropecuario,selskokhozyaistvennaya,tarim,keshavarzi,ganaderia,ganadera,farming,farm,farms,agropecuarias,livestock
种业,种植,养殖,seed,seeds,planting,breeding
食品,food,foods,alimentos,gida,foodstuff,foodstuffs,pishchevoy,alimentaria,alimenticios,provisions
饮料,beverage,beverages,drinks,bebidas
酒业,酿酒,wine,spirits,liquor,brewery,distillery,vino
餐饮,餐厅,饭店,catering,restaurant,restaurants,cafe,restaurante,lokanta
酒店,宾馆,hotel,hotels,hospitality,resort,resorts,hoteles,otel,inn
旅游,旅行社,旅行,tourism,travel,travels,tours,tour,tourist,turizm,turismo,viajes,agencia de viajes,safar
医疗,医药,医疗器械,medical,medicine,med,medico,medicos,medica,tibbi
制药,药业,药房,pharmaceutical,pharmaceuticals,pharma,pharmacy,farma,farmacia,farmaceutica,ilac,drugstore,drugs,droguerias,drogueria,laboratorios,laboratories,laboratory,labs,lab,darou,darouei
健康,health,healthcare,health care,salud,saglik
医院,诊所,hospital,clinic,clinica
生物,生物科技,bio,biotech,biotechnology,biological,biotekhnologii
环保,环境,environment,environmental,ecology,eco,ecological,cevre
水务,水利,water,waters,hydro,vodokanal,agua,aguas
纺织,纺织品,textile,textiles,tekstil,textil,fabrics,cotton,yarn,spinning
服装,服饰,制衣,garment,garments,clothing,apparel,fashion,fashions,wear,confecciones,moda,giyim
鞋业,皮革,shoes,footwear,leather,calzado
家具,家居,furniture,mobilya,muebles,home
日用品,百货,用品,department store,general merchandise,general,genel,umum,obshchaya
玩具,toys,toy
超市,商店,商场,商行,贸易行,洋行,店,行,supermarket,supermarkets,store,stores,shop,shops,market,markets,mart,tienda,almacen,almacenes,magazin,mall
汽车,汽车销售,auto,automobile,automobiles,automotive,motor,motors,car,cars,vehicle,vehicles,avto,otomotiv,automotriz,automotores,autos,khodro,trucks
汽配,配件,零部件,auto parts,spare parts,parts,components,repuestos,yedek parca,zapchasti
销售,营销,市场营销,sales,marketing,distribution,distributors,distributor,distribuidora,distribuciones,dagitim,pazarlama,sbyt
批发,wholesale,wholesalers,mayorista
零售,retail,detallista
采购,procurement,purchasing,tadarokat
代理,agency,agent,agents,agencia,agencies
电脑,计算机,computer,computers,computing,bilgisayar,kompyuter,computadoras,rayaneh
软件,software,soft,yazilim
数据,大数据,data,datos
数码,数字,数字科技,digital
智能,人工智能,intelligent,smart,artificial intelligence,ai
互联网,在线,internet,online,web
系统,system,systems,sistema,sistemas,sistemy,sistem
集成电路,半导体,microelectronics,semiconductor,semiconductors,chip,chips,micro,mikroelektronika,mikron
光电,光学,optical,optics,optoelectronics,opto,laser,lasers,photonics,optik
激光,laser technology
无线电,radio,radios,radiotekhnika
安防,保安,安保,security,guard,guards,guvenlik,seguridad,protection,okhrana
消防,fire
印刷,包装,printing,print,packaging,packing,ambalaj,matbaa,imprenta,pechat
出版,出版社,publishing,publisher,publications,press,editorial,izdatelstvo,books,yayin
新闻,报社,news,newspaper,agency of news
体育,sport,sports,sportivnyi,spor,club,klub,futbol,football,deportivo
美容,化妆品,beauty,cosmetics,cosmetic,perfume,perfumes,kozmetik
人力资源,劳务,劳务派遣,human resources,manpower,staffing,labor,labour,recruitment,employment
会计,会计师事务所,税务,accounting,audit,auditing,accountants,contadores
律师,律师事务所,法律,law,legal,law firm,lawyers,advocates,abogados,hukuk
事务所,bureau,byuro,design bureau,konstruktorskoe byuro,kb,okb
中心,center,centre,ctr,centro,tsentr,merkezi,merkez,markaz
园区,开发区,产业园,park,zone,free trade zone,industrial park,terminal,terminals,puerto,port,ports,porti
协会,商会,学会,联合会,association,assn,assoc,union,federation,chamber of commerce,society,asociacion,soyuz,sindicato,league,alliance,consortium,konsortsium,anjoman,jamiat
基金会,慈善,foundation,charity,charitable,relief,bonyad,fundacion,vakfi,waqf,muassasa,mussasat,humanitarian,welfare
委员会,committee,commission,council,komitet,comite
政府,government,state,national,nacional,natsionalnyi,gosudarstvennyi,gosudarstvennoe,federal,melli,ministry,ministerio,ministerstvo,department,directorate,authority,organization,organisation,sazman,vezarat
军事,国防,military,defense,defence,army,armed forces,oboronprom,savunma,weapons,arms,ordnance,armament,voennyi,voenno
组织,movement,front,brigade,brigades,battalion,party,cartel,gang,network of,militia,harakat,hizb,jaish,lashkar,katibat,islamic state
企业,enterprise,enterprises,ent,entp,empresa,empresas,entreprise,entreprises,business,businesses,ventures,venture,undertaking,isletme,girisim
合资,joint venture,joint,jv,sovmestnoe
国际,环球,全球,international,intl,int l,int,intern,internacional,mezhdunarodnyi,uluslararasi,beynelmilel,global,globe,world,worldwide,universal,mundial,overseas
东方,east,eastern,orient,oriental,este,vostok,vostochnyi,sharq,shargh
西部,west,western,oeste,zapad,zapadnyi
南方,south,southern,sur,sud,yug,yuzhnyi,jonoub
北方,north,northern,norte,nord,sever,severnyi,shomal
中央,central,tsentralnyi,markazi
联合,united,unidos,unido,associated,allied,birlesik,joint works
新,new,nueva,nuevo,nova,novyi,novaya,yeni,novin
大型,great,grand,gran,grande,big,super,mega,maxi,royal,king,star
工艺,craft,crafts,arts,art,gallery,artesanias
展览,会展,exhibition,exhibitions,fair,expo
清洁,cleaning,laundry
维修,维护,repair,repairs,maintenance,remont,overhaul,bakim
铁路,railway,railways,railroad,rail,zheleznodorozhnyi,rah ahan
公路,路桥,road,roads,bridge,highway,bridges,yol,kopru
海外,offshore,foreign,zarubezhneft
综合,integrated,complex,kompleks,multi,combined,kombinat
特种,special,spetsialnyi,spetz,spets,specialized
家庭,family,sons,son,brothers,bros,hermanos,hijos,kardesler,evlatlari,ogullari,baradaran,brother
防务,rocket,missile,aerospace defense,raketa,raketnyi
核,nuclear,atomic,atom,yadernyi
树木,wood,woods,timber,forest,forestry,madera,maderas,orman,kereste
纸业,paper,pulp,kagit,papel,bumaga
水泥,cement,concrete,beton,cemento,siman,cimento
玻璃,陶瓷,glass,ceramic,ceramics,cam,vidrio,seramik,steklo,tile,tiles
照明,灯饰,lighting,light,lights,led,lamp,iluminacion
五金,hardware,tools,tool,herramientas
轴承,bearing,bearings,podshipnik
电缆,线缆,cable,cables,kabel,kablo,wire,wires
管道,阀门,pipe,pipes,pipeline,pipelines,valve,valves,tubes,tube,boru,truboprovod,pump,pumps
空调,制冷,refrigeration,cooling,air conditioning,hvac
钻井,drilling,exploration,geophysical,geological,burovaya,geologiya,hafari,well,wells,upstream
钓鱼,水产,渔业,fishing,fishery,fisheries,seafood,pesquera,pesca,aquaculture,rybnyi,fish
肉类,meat,poultry,carnes,chicken
乳业,dairy,milk,lacteos,sut
茶业,茶叶,tea,coffee,cafetera,tobacco,tabaco,tutun,cigarettes
糖业,sugar,azucar,seker,grain,grains,cereal,cereals,wheat,rice,flour,zerno
美发,salon,spas,estetica,boutique,hair
无人机,drone,drones,uav,unmanned,uas,unmanned systems
导航,测绘,navigation systems,geodesy,survey,surveying,mapping,satellite,satellites
精密,precision,precise,accurate,presisi
自动化,automation,automatic,automatics,avtomatika,otomasyon,control,controls
模具,mold,mould,molds,moulds
包,container,containers,packages
燃料,fuel,fuels,combustibles,toplivo,lubricants,lubricant,akaryakit,bunker,bunkering
区块链,blockchain,crypto,cryptocurrency,bitcoin,coin,token
资源,resource,resources,recursos,resursy
创新,创意,innovation,innovations,innovative,creative,innovatsii,solutions,solution,cozum,resheniya
产品,消费品,consumer,goods,tovary
`

// officeWords stand in names of companies, and say nothing of who is meant.
const officeWords = `
工作室,studio,studios
俱乐部,association club
平台,platform,platforms
门户,portal
家政,housekeeping
婚庆,wedding
摄影,photography,photo
策划,planning
会务,conference
检测,检验,认证,testing,inspection,certification,quality,control systems
租车,车辆,汽车租赁,car rental,rent a car
停车,parking
废品,再生资源,回收,recycling,scrap
苗木,园林,绿化,园艺,landscape,garden,gardens
工商,商业,商业管理
经营,经营管理,operations,operation,operating,operator
运营,运营管理
孵化器,incubator
征信,信用,信用管理
健身,fitness,gym
母婴,儿童,kids,baby,children
宠物,pets,pet
医美,整形
养老,老年,elderly
生活,生活服务
快餐,小吃
鲜花,flowers,flower,flores,cicek
眼镜
`
