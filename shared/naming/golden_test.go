package naming

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"shixin/shared/subject"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Scores are kept beside the algorithm that gave them: where they change, [Algorithm] changes with them, for decisions were
// taken on them.
func TestScoresBelongToTheAlgorithm(t *testing.T) {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", Algorithm)
	for _, kind := range []subject.Kind{subject.Organization, subject.Person} {
		for i, query := range sayings {
			for _, listed := range sayings[max(0, i-3) : i+1] {
				if score, why := Compare(query, listed, kind); score > 0 {
					fmt.Fprintf(&b, "%.4f\t%s\t%s\t%s", score, kind, query, listed)
					for _, r := range why {
						fmt.Fprintf(&b, "\t%s %s %s %s %.4f", r.How, r.Query, r.Listed, r.Part, r.Cost)
					}
					b.WriteByte('\n')
				}
			}
		}
	}
	for _, c := range spellingsOfOne {
		score, _ := Compare(c[0], c[1], subject.Kind(c[2]))
		fmt.Fprintf(&b, "%.4f\t%s\t%s\t%s\n", score, c[2], c[0], c[1])
	}
	const file = "testdata/scores.txt"
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("names score otherwise than under %s: give Algorithm another number, and write %s with -update", strings.TrimSpace(strings.SplitN(string(want), "\n", 2)[0]), file)
	}
}

var spellingsOfOne = [][3]string{
	{"俊梅", "北京俊梅网络科技有限公司", "organization"}, {"北京梅网络科技有限公司", "北京俊梅网络科技有限公司", "organization"}, {"北京俊杰网络科技有限公司", "北京俊梅网络科技有限公司", "organization"},
	{"北京軍梅网络科技有限公司", "北京俊梅网络科技有限公司", "organization"}, {"BEIJING JUNMEI NETWORK TECHNOLOGY CO LTD", "北京俊梅网络科技有限公司", "organization"}, {"OOO AURUS", "LIMITED LIABILITY COMPANY AURUS", "organization"},
	{"LIMITED AURUS LIABILITY COPANY", "LIMITED LIABILITY COMPANY AURUS", "organization"}, {"HONG KOGN ELECTRONICS", "HONG KONG ELECTRONICS", "organization"}, {"AEROCARIBBEAN", "AERO-CARIBBEAN", "organization"},
	{"何宇磊", "何宇勇", "person"}, {"何勇宇", "何宇勇", "person"}, {"何宇永", "何宇勇", "person"}, {"He Yuyong", "何宇勇", "person"}, {"何勇", "何伟", "person"}, {"何勇", "何宇勇", "person"},
	{"Jon Smith", "SMITH, John", "person"}, {"Serwio Tulio TASKON", "TASCON ROJAS, Servio Tulio", "person"}, {"Mary Lopez", "LOPEZ, Mario", "person"}, {"John Taylor", "TAYLOR, Mark John", "person"}, {"K. Il Kim", "KIM, Kyong Il", "person"},
}
