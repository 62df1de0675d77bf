package catalog

import (
	"encoding/json"
	"fmt"
	"regexp"
)

// csaf is the part of a CSAF 2.0 advisory that matters here. The vendor publishes one a vulnerability, revised more often than the month's
// document, but with the KB and the fixed build only inside texts: it complements a month and does not replace it.
type csaf struct {
	Document struct {
		Category text `json:"category"`
		Title    text `json:"title"`
		Severity struct {
			Text text `json:"text"`
		} `json:"aggregate_severity"`
		Tracking struct {
			ID      text `json:"id"`
			Version text `json:"version"`
			Initial text `json:"initial_release_date"`
			Current text `json:"current_release_date"`
		} `json:"tracking"`
	}
	Tree struct {
		Branches list[csafBranch] `json:"branches"`
	}
	Vulnerabilities list[csafVulnerability]
	seen            bool
}

type csafBranch struct {
	Branches list[csafBranch] `json:"branches"`
	Product  struct {
		Name text `json:"name"`
		ID   text `json:"product_id"`
	} `json:"product"`
}

type csafVulnerability struct {
	CVE          text                  `json:"cve"`
	Remediations list[csafRemediation] `json:"remediations"`
	Scores       list[csafScore]       `json:"scores"`
	Threats      list[csafThreat]      `json:"threats"`
}

type csafRemediation struct {
	Category text       `json:"category"`
	Details  text       `json:"details"`
	Products list[text] `json:"product_ids"`
	URL      text       `json:"url"`
	Restart  struct {
		Category text `json:"category"`
	} `json:"restart_required"`
}

type csafScore struct {
	V3 struct {
		Base text `json:"baseScore"`
	} `json:"cvss_v3"`
	Products list[text] `json:"products"`
}

type csafThreat struct {
	Category text       `json:"category"`
	Details  text       `json:"details"`
	Products list[text] `json:"product_ids"`
}

// member reads one member of an advisory; known is false when its name is none of those that matter.
func (c *csaf) member(name json.Token, value func(any) error) (known bool, err error) {
	switch name {
	case "document":
		c.seen = true
		return true, value(&c.Document)
	case "product_tree":
		return true, value(&c.Tree)
	case "vulnerabilities":
		return true, value(&c.Vulnerabilities)
	}
	return false, nil
}

// into puts an advisory in the words of the month's document, which the rest of the importer reads.
func (c *csaf) into(d *document) {
	d.title = c.Document.Title
	d.tracking.ID.ID, d.tracking.Version = c.Document.Tracking.ID, c.Document.Tracking.Version
	d.tracking.Initial, d.tracking.Current = c.Document.Tracking.Initial, c.Document.Tracking.Current
	c.products(d, c.Tree.Branches)
	for i := range c.Vulnerabilities {
		v := &c.Vulnerabilities[i]
		out := vulnerability{where: fmt.Sprintf("vulnerability %d", i+1), CVE: v.CVE}
		if c.Document.Severity.Text != "" {
			out.Threats = append(out.Threats, threat{Type: text(severityOf.word), Description: c.Document.Severity.Text})
		}
		for _, t := range v.Threats {
			if t.Category.same("exploit_status") {
				out.Threats = append(out.Threats, threat{Type: text(exploitStatus.word), Description: t.Details})
			}
		}
		for _, s := range v.Scores {
			out.Scores = append(out.Scores, score{Base: s.V3.Base, Products: s.Products})
		}
		for _, r := range v.Remediations {
			if r.Category.same("vendor_fix") {
				out.Remediations = append(out.Remediations, r.fix())
			}
		}
		d.add(out)
	}
}

// trailingBuild is the version that the product tree writes behind a product's name: "Windows Server 2022 <10.0.20348.3328".
var trailingBuild = regexp.MustCompile(`\s+<?[0-9]+(\.[0-9]+){1,3}$`)

func (c *csaf) products(d *document, branches []csafBranch) {
	for _, b := range branches {
		if b.Product.ID != "" {
			name := trailingBuild.ReplaceAllString(b.Product.Name.clean(200), "")
			d.tree.Products = append(d.tree.Products, product{ID: b.Product.ID, Name: text(name)})
		}
		c.products(d, b.Branches)
	}
}

// fixDetails is how the vendor packs a fix into one text: "10.0.20348.3328:Security Update:https://...".
var fixDetails = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+){1,3})?:([^:]*):(.*)$`)

// restartWords are the advisory's answers that say something.
var restartWords = map[string]text{"none": "No", "system": "Yes", "service": "Maybe", "machine": "Yes", "zone": "Maybe", "dependencies": "Maybe"}

func (r csafRemediation) fix() remediation {
	fix := remediation{Type: text(vendorFix.word), Products: r.Products, Description: r.URL, Restart: restartWords[string(r.Restart.Category)]}
	if parts := fixDetails.FindStringSubmatch(r.Details.clean(2000)); parts != nil {
		fix.FixedBuild, fix.SubType = text(parts[1]), text(parts[2])
		if _, ok := findKB(string(fix.Description)); !ok {
			fix.Description = text(parts[3])
		}
	} else if _, ok := findKB(string(fix.Description)); !ok {
		fix.Description = r.Details
	}
	return fix
}
