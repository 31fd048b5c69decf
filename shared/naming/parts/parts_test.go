package parts

import (
	"fmt"
	"strings"
	"testing"

	"shixin/shared/naming/lexicon"
	"shixin/shared/naming/script"
)

// show writes a name as its words, a brand in characters as one.
func show(tokens []Token) string {
	var b strings.Builder
	for i, t := range tokens {
		if i > 0 && (!t.Han || t.Class != lexicon.Core || tokens[i-1].Class != lexicon.Core || !tokens[i-1].Han) {
			b.WriteByte(' ')
		}
		if t.Class == lexicon.Core {
			b.WriteString(t.Text)
		} else {
			fmt.Fprintf(&b, "%s/%s", t.Text, t.Class)
		}
	}
	return b.String()
}

func TestOrganization(t *testing.T) {
	for _, c := range []struct{ name, want string }{
		{"北京俊梅网络科技有限公司", "北京/region 俊梅 网络/trade 科技/trade 有限公司/form"},
		{"北京俊梅网络科技有限公司上海分公司", "北京/region 俊梅 网络/trade 科技/trade 有限公司/form 上海/form 分公司/form"},
		{"广东省深圳市华为技术有限公司", "广东省/region 深圳市/region 华为 技术/trade 有限公司/form"},
		{"阿里巴巴集团控股有限公司", "阿里巴巴 集团/form 控股/form 有限公司/form"},
		{"华为(深圳)有限公司", "华为 深圳/region 有限公司/form"},
		{"中国建设银行股份有限公司北京分行", "中国/region 建设/trade 银行/trade 股份有限公司/form 北京/form 分行/form"},
		{"武汉青海信息服务有限公司", "武汉/region 青海 信息/trade 服务/trade 有限公司/form"},
		{"示例乙网络科技有限公司(虚构)", "示例乙 网络/trade 科技/trade 有限公司/form 虚/form 构/form"},
		{"俊梅有限公司 上海分公司", "俊梅 有限公司/form 上海/form 分公司/form"},
		{"青海有限公司", "青海 有限公司/form"},
		{"东方集团", "东方/trade 集团/form"},
		{"上海ABC科技有限公司", "上海/region abc 科技/trade 有限公司/form"},
		{"众合陶瓷厂", "众合 陶瓷/trade 厂/trade"},
		{"俊梅", "俊梅"},
		{"南通市通州区远硕纺织品有限公司", "南通市/region 通州区/region 远硕 纺织品/trade 有限公司/form"},
		{"昆山千灯镇南野五金店", "昆山/region 千灯镇/region 南野 五金店/trade"},
		{"会昌魅丹贸易有限公司", "会昌/region 魅丹 贸易/trade 有限公司/form"},
		{"济宁高新技术产业开发区行令商行", "济宁高新技术产业开发区/region 行令 商行/trade"},
		{"楚雄彝族自州远硕商行", "楚雄/region 彝族自州/region 远硕 商行/trade"},
		{"力佳管道科技上海有限公司", "力佳 管道/trade 科技/trade 上海/region 有限公司/form"},
		{"示例甲手机卡经营部", "示例甲 手机卡/trade 经营部/form"},
		{"天津东方贸易有限公司", "天津/region 东方 贸易/trade 有限公司/form"},
		{"北京贸易有限公司", "北京/region 贸易/trade 有限公司/form"},
		{"北京俊梅科技有线公司", "北京/region 俊梅 科技/trade 有线公司/form"},
		{"北京俊梅科技股近有限公司", "北京/region 俊梅 科技/trade 股近有限公司/form"},
		{"Beijing Junmei Wangluokeji Youxiangongsi", "beijing/region junmei wangluo/trade keji/trade youxiangongsi/form"},
		{"Bei Jing Jun Mei Wang Luo Ke Ji You Xian Gong Si", "beijing/region jun mei wangluo/trade keji/trade youxiangongsi/form"},
		{"beijingjunmeiwangluokejiyouxiangongsi", "beijing/region junmei wangluo/trade keji/trade youxiangongsi/form"},
		{"Baoding Haiyun Youxiangongsi", "baoding/region haiyun youxiangongsi/form"},
		{"Zhang Junmei", "zhang junmei"},
		{"GUANGZHOU HAIGE COMM GRP", "guangzhou/region haige comm/trade grp/form"},
		{"LIMITED LIABILITY COMPANY AURUS", "limited/form liability/form company/form aurus"},
		{"HONG KONG LANYU ELECTRONICS CO., LTD.", "hongkong/region lanyu electronics/trade co/form ltd/form"},
		{"INMUEBLES Y DESARROLLOS ALBA, C.A.", "inmuebles/trade y/particle desarrollos/trade alba ca/form"},
		{"BLUE HERON COPANY", "blue heron copany/form"},
		{"", ""},
	} {
		if got := show(Organization(c.name)); got != c.want {
			t.Errorf("%s\n is   %s\n want %s", c.name, got, c.want)
		}
	}
}

func TestPerson(t *testing.T) {
	for _, c := range []struct{ name, want string }{
		{"何宇勇", "何宇勇"}, {"买买提·吐尔逊", "买买提吐尔逊"}, {"Ahmad bin Yusuf al-Rashid", "ahmad bin/particle yusuf al/particle rashid"}, {"Li Bin", "li bin"}, {"Osama bin Laden", "osama bin/particle laden"}, {"...", ""},
	} {
		if got := show(Person(c.name)); got != c.want {
			t.Errorf("%s is %q, want %q", c.name, got, c.want)
		}
	}
}

// Whatever a name is, its words are few, and none is lost or made up.
func FuzzOrganization(f *testing.F) {
	for _, name := range []string{"北京俊梅网络科技有限公司上海分公司", "HONG KONG CO LTD", "青海", "集团控股", "有限公司有限公司", "北京厂厂厂"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		letters := func(s string) string {
			return strings.Map(func(r rune) rune {
				if r == ' ' {
					return -1
				}
				return r
			}, s)
		}
		want, got := "", ""
		words := script.Words(name)
		for _, w := range words {
			want += w.Text
		}
		tokens := Organization(name)
		for _, k := range tokens {
			if k.Text == "" || k.Class > lexicon.Particle || k.Phrase > MostPhrase {
				t.Fatalf("%q: %+v", name, k)
			}
			got += letters(k.Text)
		}
		if len(tokens) > script.MaxWords || !strings.HasPrefix(want, got) || len(tokens) < script.MaxWords && got != want {
			t.Fatalf("%q has the words %q, and the parts %q", name, want, got)
		}
	})
}
