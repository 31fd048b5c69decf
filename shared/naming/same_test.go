package naming

import (
	"fmt"
	"testing"

	"shixin/shared/subject"
)

// sayings are names with something peculiar in each.
var sayings = []string{
	"北京俊梅网络科技有限公司", "北京俊梅網絡科技有限公司上海分公司", "广东省深圳市鹏程技术有限公司", "武汉青海信息服务有限公司", "青海有限公司", "中国建设银行股份有限公司北京分行", "俊梅(北京)网络科技有限公司",
	"上海ABC科技有限公司", "何宇勇", "歐陽明哲", "买买提·吐尔逊", "单雄飞", "HONG KONG ELECTRONICS", "LIMITED LIABILITY COMPANY AURUS", "JOINT STOCK COMPANY BLACK SEA BANK OF DEVELOPMENT",
	"IMPORT EXPORT REAL ESTATE S.A. DE C.V.", "ABU DHABI GENERAL TRADING FZE", "Ahmad bin Yusuf al-Rashid", "Bin Li", "J. R. Smith", "Хуавей ООО", "삼성전자 주식회사", "株式会社トヨタ", "NO. 5 FACTORY", "Ingrid Vestergård Holm-Nielsen",
	"LIMITET LIABILITY COPANY X", "GUANGZHOU HAIGE COMM GRP",
}

// What a list keeps of a name scores as the name itself does, so that a hit can be looked into without the list.
func TestSearchScoresAsCompare(t *testing.T) {
	var all []Entity
	for i, text := range sayings {
		all = append(all, org(fmt.Sprintf("o%02d", i), text), person(fmt.Sprintf("p%02d", i), text))
	}
	x := index(t, all...)
	for _, q := range sayings {
		hits, _ := x.Search(Query{Name: q, Threshold: -1, Limit: MaxLimit}, nil)
		found := 0
		for _, h := range hits {
			score, why := Compare(q, h.Name.Text, h.Entity.Kind)
			if score != h.Score || fmt.Sprint(why) != fmt.Sprint(h.Why) {
				t.Errorf("%q and %q: a search says %v %v, a comparison %v %v", q, h.Name.Text, h.Score, h.Why, score, why)
			}
			if h.Name.Text == q && h.Score == 1 {
				found++
			}
		}
		if found != 2 {
			t.Errorf("%q is found %d times with all of it, want as an organisation and as a person: %v", q, found, hits)
		}
	}
}

func TestSidesReadBack(t *testing.T) {
	for _, kind := range []subject.Kind{subject.Organization, subject.Person} {
		for _, text := range sayings {
			x := index(t, entity("a", kind, []string{text}))
			want, got := read(text, kind), side{}
			x.side(0, &got)
			for i := range want.tokens {
				want.tokens[i].ident = got.tokens[min(i, len(got.tokens)-1)].ident
			}
			if fmt.Sprintf("%+v", want) != fmt.Sprintf("%+v", got) {
				t.Errorf("%s:\n read %+v\n kept %+v", text, want, got)
			}
		}
	}
}
