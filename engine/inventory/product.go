package inventory

import "strings"

// Product is one release of Windows Server and the build that it keeps for life; only the revision after it grows.
type Product struct {
	Name string
	Base [3]int // version and base build: 10.0.20348
}

// products is the table of the releases that can be managed (Windows PowerShell 5.1 and WinRM). Source: the vendor's "Windows
// Server release information" and "Operating system version" pages. 10.0.26100 is also Windows 11 24H2, which is no server
// and never in an inventory of servers.
var products = []Product{
	{"Windows Server 2012", [3]int{6, 2, 9200}},
	{"Windows Server 2012 R2", [3]int{6, 3, 9600}},
	{"Windows Server 2016", [3]int{10, 0, 14393}},
	{"Windows Server 2019", [3]int{10, 0, 17763}},
	{"Windows Server 2022", [3]int{10, 0, 20348}},
	{"Windows Server 2022, 23H2 Edition", [3]int{10, 0, 25398}},
	{"Windows Server 2025", [3]int{10, 0, 26100}},
}

// coreSuffix is how bulletins name the installation without a desktop, which has the same builds.
const coreSuffix = " (Server Core installation)"

// Products lists the known releases, oldest first.
func Products() []Product { return append([]Product(nil), products...) }

// ProductOf gives the release that a build belongs to.
func ProductOf(b Build) (Product, bool) {
	for _, p := range products {
		if p.Base == [3]int{b[0], b[1], b[2]} {
			return p, true
		}
	}
	return Product{}, false
}

// ProductNamed gives the release with this name, without regard to case and to "(Server Core installation)".
func ProductNamed(name string) (Product, bool) {
	name, _ = CutCore(strings.TrimSpace(name))
	for _, p := range products {
		if strings.EqualFold(p.Name, name) {
			return p, true
		}
	}
	return Product{}, false
}

// CutCore takes "(Server Core installation)" off a bulletin's product name; core tells whether it was there.
func CutCore(productName string) (name string, core bool) {
	if n := len(productName) - len(coreSuffix); n > 0 && strings.EqualFold(productName[n:], coreSuffix) {
		return productName[:n], true
	}
	return productName, false
}
