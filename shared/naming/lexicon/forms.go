package lexicon

// forms are the legal forms of the jurisdictions most often listed (Russia, Iran, China with Hong Kong, the Emirates, Turkey,
// Mexico, Colombia, Panama, Venezuela, Cuba, Syria, Lebanon, Ukraine, Belarus, Korea, Japan, Cyprus, the United Kingdom, Germany,
// Switzerland, India, Singapore, Malaysia and others), a line for each meaning: in Latin with abbreviations, and in Chinese.
const forms = `
有限公司,有限责任公司,责任有限公司,有限责任,责任公司,ltd,limited,llc,limited liability company,company with limited liability,liability,co ltd,ltda,limitada,ooo,obshchestvo s ogranichennoy otvetstvennostyu,obshchestvo s ogranichennoi otvetstvennostyu,ogranichennoy,ogranichennoi,otvetstvennostyu,otvetstvennostiu,obshchestvo,tov,tovarystvo,srl,s r l,sarl,s a r l,sociedad de responsabilidad limitada,de r l,s de r l,responsabilidad,sro,s r o,doo,d o o,eood,ood,sp z o o,sp zoo,spzoo,bv,besloten vennootschap,gmbh,g m b h,gesellschaft mit beschrankter haftung,sendirian berhad,sendirian,berhad,societe a responsabilite limitee,responsabilite limitee,societa a responsabilita limitata,responsabilita limitata,besloten vennootschap met beperkte aansprakelijkheid,spolka z ograniczona odpowiedzialnoscia,drustvo s ogranicenom odgovornoscu,sociedade limitada,l l c,gesellschaft,haftung,kft,zrt,sti,sirketi,limited sirketi,ltd sti,ltd sirketi,pvt ltd,pvt,private limited,pte ltd,pte,pty ltd,pty,sdn bhd,sdn,bhd,llp,oy,aps,ab,cong ty tnhh,tnhh,wll,w l l,limitee,yugen kaisha,yugen gaisha,有限会社,유한회사,yuhan hoesa,mchj,uab,sia,odo,ltdsti,limitet
股份有限公司,股份公司,股份,joint stock company,public joint stock company,open joint stock company,closed joint stock company,jsc,pjsc,ojsc,cjsc,pjs,ao,oao,pao,zao,aktsionernoye obshchestvo,aktsionernoe obshchestvo,publichnoe aktsionernoe obshchestvo,aktsionernoye,aktsionernoe,sa,s a,sociedad anonima,sociedad anonima de capital variable,de capital variable,capital variable,societe anonyme,otkrytoe aktsionernoe obshchestvo,zakrytoe aktsionernoe obshchestvo,otkrytoe,zakrytoe,societa per azioni,anonima,s p a,spa,sae,sal,sal offshore,ag,a g,aktiengesellschaft,kgaa,anonim sirketi,anonim sirket,anonim,as,a s,nv,naamloze vennootschap,plc,public limited company,tbk,sa de cv,s a de c v,sab de cv,de c v,de cv,cv,c v,sapi de cv,sas,s a s,ca,c a,compania anonima,saa,sac,s a c,se,corp,corporation,inc,incorporated,corporacion,korporatsiya,corporate,prat,pat,at,joint stock,stock company,shareholding company,share company,株式会社,kabushiki kaisha,kabushiki gaisha,kk,주식회사,chusik hoesa,jusik hoesa,cong ty co phan,a d,ad,akcionarsko drustvo,oyj,asa,shpk,sh p k,sherkat sahami,sahami khass,sahami am,sahami
公司,总公司,company,co,compania,cia,compagnie,cie,kompania,kompaniya,compagnia,sherkat,sharikat,sharika,shirkat,shirket,firma,firm,coy,enterprise co,business company
合伙企业,有限合伙,普通合伙,合伙,partnership,limited partnership,lp,l p,kg,ohg,gmbh co kg,gmbh and co kg,kommanditgesellschaft,ltd and co kg,limited liability partnership,l l p,commandite,comandita,s en c,s c s,y cia,and co,associates
个人独资企业,个人独资,独资企业,sole proprietorship,sole proprietor,proprietorship,individual entrepreneur,empresa unipersonal,e u,eu,eirl,e i r l,establishment,est,ip
个体工商户,个体户,个体,企业行,企业社,实业社,商号,商社,self employed
专业合作社,农民专业合作社,合作社,联合社,合作联社,cooperative,co operative,coop,cooperativa,kooperativ,koop,artel,sociedad cooperativa
自由区企业,fze,fzc,fzco,fz llc,fz,fzllc,free zone company,free zone establishment,dmcc,jlt,free zone,difc,rak fze
国有企业,unitary enterprise,state unitary enterprise,federal state unitary enterprise,gup,fgup,mup,rup,up,ue,unitarnoe predpriyatie,predpriyatie,pe,due,private unitary enterprise,chup
全民所有制,state owned enterprise,federal state institution,fgbu,fgu,fku,federal state budgetary institution
`

// groups place a company within a group, or are a part of one.
const groups = `
集团,企业集团,group,grp,grupo,gruppa,groupe,gruppe,gruppo,gp,konzern,konsern,concern,kontsern,hoesa group
控股,holding,holdings,hldg,hldgs,holdco,kholding,conglomerate
分公司,分行,分店,支公司,支行,分厂,分部,分社,branch,branch office,br,filial,sucursal,succursale,zweigniederlassung,subsidiary,affiliate
办事处,代表处,联络处,营业部,经营部,门市部,项目部,服务部,销售部,批发部,零售部,维修部,经销部,经销处,代销部,代销店,供应部,供销部,收购部,修理部,配送部,加工部,制作部,业务部,直营店,加盟店,representative office,rep office,liaison office,sales office
子公司,subsidiaries
`

// particles join the words of a name. In names of persons they are less than a name, and are often left out.
const particles = `
and,und,et,y,e,i,ve,en,os
of,for,the,de,del,della,di,da,do,das,dos,du,des,den,der,von,van,zu,zum,zur,im,am,par,por,para,pour,fur,in,on,at the,to,with,by,s,na,po,dlya,no,las,los,la,le,les,lo,il,o
al,el,ul,ur,ol,ed,es,ash,esh,an,ar,az,ez,aal
bin,ben,ibn,bint,binti,bte,bt,ould,oglu,ogly,oghlu,kyzy,qizi,uulu,wald
`
