package catalog

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// largeMonth makes a document of about the given size, shaped like a month with very many vulnerabilities.
func largeMonth(size int) []byte {
	var b bytes.Buffer
	b.WriteString(`<cvrf:cvrfdoc xmlns:cvrf="c" xmlns:prod="p" xmlns:vuln="v"><cvrf:DocumentTracking><cvrf:Identification><cvrf:ID>2026-Oct</cvrf:ID></cvrf:Identification></cvrf:DocumentTracking><prod:ProductTree>`)
	for id := range 20 {
		fmt.Fprintf(&b, `<prod:FullProductName ProductID="%d">Windows Server 20%d</prod:FullProductName>`, id, id)
	}
	b.WriteString(`</prod:ProductTree>`)
	for cve := 1000; b.Len() < size; cve++ {
		fmt.Fprintf(&b, `<vuln:Vulnerability><vuln:Notes><vuln:Note>%s</vuln:Note></vuln:Notes><vuln:CVE>CVE-2026-%d</vuln:CVE><vuln:Threats>`, strings.Repeat("text ", 100), cve)
		for id := range 20 {
			fmt.Fprintf(&b, "<vuln:Threat Type=\"Severity\">\n<vuln:Description>Important</vuln:Description>\n<vuln:ProductID>%d</vuln:ProductID>\n</vuln:Threat>", id)
		}
		b.WriteString(`</vuln:Threats><vuln:Remediations>`)
		for id := range 20 {
			fmt.Fprintf(&b, "<vuln:Remediation Type=\"Vendor Fix\">\n<vuln:Description>59990%02d</vuln:Description>\n<vuln:ProductID>%d</vuln:ProductID>\n<vuln:RestartRequired>Yes</vuln:RestartRequired>\n<vuln:FixedBuild>10.0.%d.%d</vuln:FixedBuild>\n</vuln:Remediation>", id, id, 14393+id, cve)
		}
		b.WriteString(`</vuln:Remediations></vuln:Vulnerability>`)
	}
	b.WriteString(`</cvrf:cvrfdoc>`)
	return b.Bytes()
}

// BenchmarkImport reads a document of 20 MB, the largest month seen.
func BenchmarkImport(b *testing.B) {
	document := largeMonth(20 << 20)
	b.SetBytes(int64(len(document)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Import(bytes.NewReader(document), 0); err != nil {
			b.Fatal(err)
		}
	}
}
