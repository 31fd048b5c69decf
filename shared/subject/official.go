package subject

import "shixin/shared/workday"

// usccValue is the place of c in the alphabet of GB 32100-2015, 0123456789ABCDEFGHJKLMNPQRTUWXY (digits
// and capitals without I, O, S, V, Z), or -1.
func usccValue(c byte) int {
	switch {
	case isDigit(c):
		return int(c - '0')
	case 'A' <= c && c <= 'H':
		return int(c-'A') + 10
	case 'J' <= c && c <= 'N':
		return int(c-'J') + 18
	case 'P' <= c && c <= 'R':
		return int(c-'P') + 23
	case c == 'T' || c == 'U':
		return int(c-'T') + 26
	case 'W' <= c && c <= 'Y':
		return int(c-'W') + 28
	}
	return -1
}

// parseUSCC verifies a unified social credit code, GB 32100-2015: registrar, category, six digits of a
// division, nine characters of an organisation code with a check character of its own (GB 11714-1997),
// and the check character over all. Registrars (1 to 9, A, N and Y so far) and categories are not looked
// up, because amendments of the standard have added to them; nor are divisions, for a code outlives its division.
func parseUSCC(raw string) (string, *Malformed) {
	s := raw
	if len(s) != 18 || !usccLetters(s) {
		var err *Malformed
		if s, err = compact(raw); err != nil {
			return "", err
		}
		if len(s) != 18 {
			return "", bad("a uscc has 18 characters", "统一社会信用代码应为 18 位")
		}
		if !usccLetters(s) {
			return "", bad("a uscc has digits and capital letters only, without I, O, S, V and Z: look for O written for 0, I for 1 or Z for 2",
				"统一社会信用代码只含数字和大写字母,且不使用 I、O、S、V、Z:请检查是否将 0、1、2 误写为 O、I、Z")
		}
	}
	if s[0] == '0' || s[1] == '0' {
		return "", bad("a uscc starts with the registrar's and the category's character, neither of which is 0",
			"统一社会信用代码前两位为登记管理部门代码和机构类别代码,不为 0")
	}
	if !digits(s[2:8]) {
		return "", bad("characters 3 to 8 of a uscc are the digits of a division", "统一社会信用代码第 3 至 8 位为行政区划代码,应为数字")
	}
	if s[16] != orgCheck(s[8:16]) {
		return "", bad("the check character of the organisation code (character 17) does not fit: compare the code with the certificate",
			"第 17 位(主体标识码校验码)不符:请与证照核对")
	}
	sum, weight := 0, 1
	for i := range 17 {
		sum += usccValue(s[i]) * weight
		weight = weight * 3 % 31
	}
	if usccValue(s[17]) != (31-sum%31)%31 {
		return "", bad("the check character (character 18) does not fit: compare the code with the certificate",
			"第 18 位校验码不符:请与证照核对")
	}
	return s, nil
}

func usccLetters(s string) bool {
	for i := range len(s) {
		if usccValue(s[i]) < 0 {
			return false
		}
	}
	return true
}

// orgCheck is the check character of GB 11714-1997 over the eight characters of an organisation code.
func orgCheck(s string) byte {
	weights := [8]int{3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		v := int(s[i] - '0')
		if !isDigit(s[i]) {
			v = int(s[i]-'A') + 10
		}
		sum += v * w
	}
	switch c := 11 - sum%11; c {
	case 10:
		return 'X'
	case 11:
		return '0'
	default:
		return byte('0' + c)
	}
}

// parseCNID verifies a citizen identification number, GB 11643-1999: six digits of a division, the day
// of birth, a number of order and a check character by ISO 7064 mod 11-2. The 15 digits of
// GB 11643-1989, which have neither century nor check character, become the 18 of one born in 19yy.
// Divisions are not looked up: whoever was numbered in one that is abolished keeps the number. Whether
// the day of birth is past is for the caller, who has a clock: see [Identifier.Birth].
func parseCNID(raw string) (string, *Malformed) {
	s, err := compact(raw)
	if err != nil {
		return "", err
	}
	switch len(s) {
	case 15:
		if !digits(s) {
			return "", bad("a cn-id of 15 characters has digits only", "15 位身份证号码只含数字")
		}
		s = s[:6] + "19" + s[6:]
		s += string(rune(cnidCheck(s)))
	case 18:
		if !digits(s[:17]) || !isDigit(s[17]) && s[17] != 'X' {
			return "", bad("a cn-id has 17 digits and a check character, a digit or X", "公民身份号码应为 17 位数字加 1 位校验码(数字或 X)")
		}
	default:
		return "", bad("a cn-id has 18 characters, or 15 in its old form", "公民身份号码应为 18 位,旧号码为 15 位")
	}
	if s[0] == '0' {
		return "", bad("a cn-id starts with a division, whose first digit is not 0", "公民身份号码以行政区划代码开头,首位不为 0")
	}
	if _, err := workday.ParseDay(s[6:10] + "-" + s[10:12] + "-" + s[12:14]); err != nil {
		return "", bad("the day of birth in the cn-id does not exist: compare it with the document", "公民身份号码中的出生日期不存在:请与证件核对")
	}
	if s[17] != cnidCheck(s) {
		return "", bad("the check character of the cn-id does not fit: compare it with the document", "公民身份号码校验码不符:请与证件核对")
	}
	return s, nil
}

// cnidCheck is the check character over the first 17 digits of s.
func cnidCheck(s string) byte {
	weights := [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		sum += int(s[i]-'0') * w
	}
	return "10X98765432"[sum%11]
}

// parseLEI verifies a legal entity identifier, ISO 17442-1: 18 letters or digits and two check digits by
// ISO 7064 mod 97-10, which run from 02 to 98.
func parseLEI(raw string) (string, *Malformed) {
	s, err := compact(raw)
	if err != nil {
		return "", err
	}
	if len(s) != 20 || !alnum(s) || !digits(s[18:]) {
		return "", bad("a lei has 18 letters or digits and two check digits", "法人机构识别编码(LEI)应为 18 位字母或数字加 2 位校验数字")
	}
	rest := 0
	for i := range len(s) {
		if isDigit(s[i]) {
			rest = (rest*10 + int(s[i]-'0')) % 97
		} else {
			rest = (rest*100 + int(s[i]-'A') + 10) % 97
		}
	}
	if rest != 1 || s[18:] == "00" || s[18:] == "01" || s[18:] == "99" {
		return "", bad("the check digits of the lei do not fit: compare it with the GLEIF register", "LEI 校验码不符:请与 GLEIF 登记核对")
	}
	return s, nil
}

// parsePassport verifies the shape of a passport number: 5 to 20 letters or digits with one digit at
// least. ICAO 9303 gives 9 characters and lets longer numbers run on; each state fills them in its own
// way, and the check digit stands in the machine-readable zone only, so there is none to verify.
func parsePassport(raw string) (string, *Malformed) {
	s, err := compact(raw)
	if err != nil {
		return "", err
	}
	digit := false
	for i := range len(s) {
		digit = digit || isDigit(s[i])
	}
	if len(s) < 5 || len(s) > 20 || !alnum(s) || !digit {
		return "", bad("a passport number has 5 to 20 Latin letters or digits, at least one of them a digit", "护照号码应为 5 至 20 位拉丁字母或数字,至少含一位数字")
	}
	return s, nil
}
