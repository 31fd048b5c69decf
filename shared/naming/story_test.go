package naming

import (
	"math"
	"testing"

	"shixin/shared/subject"
)

// What is the same name however it is written, and what is not, at the default threshold.
func TestCompare(t *testing.T) {
	for _, c := range []struct {
		kind          subject.Kind
		query, listed string
		same          bool
	}{
		{subject.Organization, "阿里巴巴集团控股", "阿里巴巴集团控股有限公司", true},
		{subject.Organization, "北京俊梅网络科技有限责任公司", "北京俊梅网络科技有限公司", true},
		{subject.Organization, "北京俊梅網絡科技有限公司", "北京俊梅网络科技有限公司", true},
		{subject.Organization, "俊梅网络科技有限公司", "北京俊梅网络科技有限公司", true},
		{subject.Organization, "北京俊梅网络科技", "北京俊梅网络科技有限公司", true},
		{subject.Organization, "俊梅", "北京俊梅网络科技有限公司", true},
		{subject.Organization, "北京俊梅网络科技有限公司上海分公司", "北京俊梅网络科技有限公司", true},
		{subject.Organization, "俊梅(北京)网络科技有限公司", "北京俊梅网络科技有限公司", true},
		{subject.Organization, "北京梅网络科技有限公司", "北京俊梅网络科技有限公司", true},
		{subject.Organization, "北京俊杰网络科技有限公司", "北京俊梅网络科技有限公司", false},
		{subject.Organization, "北京海欣网络科技有限公司", "北京俊梅网络科技有限公司", false},
		{subject.Organization, "网络科技有限公司", "北京俊梅网络科技有限公司", false},
		{subject.Organization, "有限公司", "北京俊梅网络科技有限公司", false},
		{subject.Organization, "北京", "北京俊梅网络科技有限公司", false},
		{subject.Organization, "北京科技有限公司", "上海科技有限公司", false},
		{subject.Organization, "GUANGZHOU HAIGE COMM GRP", "GUANGZHOU HAIGE COMMUNICATIONS GROUP INCORPORATED COMPANY", true},
		{subject.Organization, "GUANGZHOU HAIGE COMMUNICATIONS GROUP", "广州海格通信集团股份有限公司", true},
		{subject.Organization, "广州海格通信集团", "GUANGZHOU HAIGE COMMUNICATIONS GROUP INCORPORATED COMPANY", true},
		{subject.Organization, "BELLETECH CORP", "11420 CORP.", false},
		{subject.Organization, "ACME TRADING LLC", "ZENITH TRADING LLC", false},
		{subject.Organization, "AEROCARIBBEAN AIRLINES", "AERO-CARIBBEAN AIRLINES", true},
		{subject.Organization, "ZARRINKOOH PETROCHEMICAL CO", "ZARRIN KOOH PETROCHEMICAL COMPANY", true},
		{subject.Organization, "LIMITED AURUS LIABILITY COPANY", "LIMITED LIABILITY COMPANY AURUS", true},
		{subject.Organization, "OOO AURUS", "LIMITED LIABILITY COMPANY AURUS", true},
		{subject.Organization, "HONG KOGN ELECTRONICS", "HONG KONG ELECTRONICS", true},
		{subject.Organization, "青海信息服务有限公司", "武汉青海信息服务有限公司", true},
		{subject.Organization, "青海", "武汉青海信息服务有限公司", true},
		{subject.Organization, "武汉", "武汉青海信息服务有限公司", false},
		{subject.Organization, "中国建设银行", "中国建设银行股份有限公司北京分行", true},
		{subject.Organization, "中国建设银行", "中国农业银行", false},
		{subject.Organization, "ISLAMIC REPUBLIC TF IRAN SHIPPING LINES", "ISLAMIC REPUBLIC OF IRAN SHIPPING LINES", true},
		{subject.Organization, "YANGON AIRWAYS COMPBANY LIMITED", "YANGON AIRWAYS COMPANY LIMITED", true},
		{subject.Organization, "ZENITH SHIPPING LINES", "ISLAMIC REPUBLIC OF IRAN SHIPPING LINES", false},
		{subject.Organization, "北京科技有限公司", "北京梅科技有限公司", false},
		{subject.Organization, "PETRO RGEEN", "PETRO GREEN", true},
		{subject.Person, "Abdulqadir al-Nasseri", "AL-NASSERI, Abdul Qadir", true},
		{subject.Person, "John Smith", "SMITH, Jon", true},
		{subject.Person, "Denis Wladimirovikh ZENKIN", "ZENKIN, Denis Vladimirovich", true},
		{subject.Person, "J. Smith", "SMITH, John", true},
		{subject.Organization, "CHINA CONSTRUCTION BANK CORPORATION", "中国建设银行股份有限公司", true},
		{subject.Organization, "Beijing Junmei Wangluokeji Youxiangongsi", "北京俊梅网络科技有限公司", true},
		{subject.Organization, "bei jing jun mei wang luo ke ji you xian gong si", "北京俊梅网络科技有限公司", true},
		{subject.Organization, "北京俊梅网洛科技有限公司", "北京俊梅网络科技有限公司", true},
		{subject.Organization, "北京俊梅络科技有限公司", "北京俊梅网络科技有限公司", true},
		{subject.Organization, "北惊俊梅网络科技有限公司", "北京俊梅网络科技有限公司", true},
		{subject.Organization, "北京俊梅网络科技有线公司", "北京俊梅网络科技有限公司", true},
		{subject.Organization, "北京泰山光伏发电有限公司", "北京华钛光伏发电有限公司", false},
		{subject.Organization, "上海手机卡经营部", "北京手机卡经营部", false},
		{subject.Organization, "示例甲五金店", "示例乙五金店", false},
		{subject.Organization, "烟台平安保洁服务有限公司", "洪湖平安生物科技集团有限公司", false},
		{subject.Organization, "示例乙", "示例乙网络科技有限公司(虚构)", true},
		{subject.Organization, "示例甲网络科技有限公司(虚构)", "示例乙网络科技有限公司(虚构)", false},
		{subject.Organization, "BANK OF CHINA", "中国建设银行股份有限公司", false},
		{subject.Organization, "BEIJING JUNMEI NETWORK TECHNOLOGY CO., LTD.", "北京俊梅网络科技有限公司", true},
		{subject.Organization, "ALIBABA GROUP HOLDING LIMITED", "阿里巴巴集团控股有限公司", true},
		{subject.Person, "何宇勇 (HE Yuyong)", "何宇勇", true},
		{subject.Person, "He Yuyong", "HE, Yuyong 何宇勇", true},
		{subject.Person, "He Yuyong", "何宇勇", true},
		{subject.Person, "何宇勇", "HE, Yuyong", true},
		{subject.Person, "何勇宇", "何宇勇", true},
		{subject.Person, "何宇永", "何宇勇", true},
		{subject.Organization, "ENERGY GLOBAL INTERNATIONAL FSE", "ENERGY GLOBAL INTERNATIONAL FZE", true},
		{subject.Person, "Muhammad Ali Hassan", "MOHAMMED, Ali Hasan", true},
		{subject.Person, "Sergey Ivanoff", "IVANOV, Sergei", true},
		{subject.Person, "Mohammed Ali", "MAHMOUD, Ali", false},
		{subject.Organization, "T D G Trading L L C", "T.D.G. TRADING L.L.C.", true},
		{subject.Organization, "Auto Servicio Jatziry Sociedad Anonima de Capital Variable", "AUTO SERVICIO JATZIRY S.A. DE C.V.", true},
		{subject.Organization, "Alfa Sendirian Berhad", "ALFA SDN BHD", true},
		{subject.Organization, "Meyerhoff GmbH & Co. KG", "MEYERHOFF KOMMANDITGESELLSCHAFT", true},
		{subject.Person, "Hsieh Chih-ming", "谢志明", true},
		{subject.Person, "Hsieh Chihming", "XIE, Zhiming", true},
		{subject.Person, "KUO Hsiao-hui", "郭晓慧", true},
		{subject.Person, "TSANG Wai Ming", "曾伟明", true},
		{subject.Person, "Peter CHAN Ka Keung", "陈嘉强", true},
		{subject.Person, "CHAN Ka Keung", "陈嘉慧", false},
		{subject.Person, "Wang X.M.", "李小明", false},
		{subject.Person, "J.R. Smith", "SMITH, John Robert", true},
		{subject.Organization, "IRISL", "ISLAMIC REPUBLIC OF IRAN SHIPPING LINES", true},
		{subject.Organization, "ISLAMIC REPUBLIC OF IRAN SHIPPING LINES", "IRISL", true},
		{subject.Organization, "ALFA", "ATLANTIC LEASING FOR AFRICA", false},
		{subject.Person, "何伟", "何勇", false},
		{subject.Person, "买买提·吐尔逊", "买买提吐尔逊", true},
		{subject.Person, "Mary Lopez", "LOPEZ, Mario", false},
	} {
		score, why := Compare(c.query, c.listed, c.kind)
		if same := score >= DefaultThreshold; same != c.same {
			t.Errorf("%q and %q score %.3f, want same %v: %+v", c.query, c.listed, score, c.same, why)
		}
		cost := 0.0
		for _, r := range why {
			cost += r.Cost
		}
		if math.Abs(score+cost-1) > 1e-5 {
			t.Errorf("%q and %q score %.3f, and the reasons cost %.3f: %+v", c.query, c.listed, score, cost, why)
		}
	}
}
