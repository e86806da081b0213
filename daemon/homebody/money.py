"""What is an amount of money, and which currencies are there?"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in a currency: ``amount`` is exact, ``currency`` is a code of ISO 4217."""

    amount: Decimal
    currency: str

    def __str__(self) -> str:
        """Return the amount with its currency's decimals, a blank and the code: 1234.50 EUR."""
        return f"{self.amount:f} {self.currency}"


_WITHOUT_DECIMALS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_THREE_DECIMALS = "BHD IQD JOD KWD LYD OMR TND"
_TWO_DECIMALS = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP"
    " CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR"
    " IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD"
    " NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC"
    " SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG"
)

DECIMALS: Mapping[str, int] = {
    code: decimals
    for codes, decimals in ((_WITHOUT_DECIMALS, 0), (_TWO_DECIMALS, 2), (_THREE_DECIMALS, 3))
    for code in codes.split()
}
"""How many decimals each currency has (ISO 4217, list one); ANG, BGN and HRK stand in documents still."""

MARKS: Mapping[str, tuple[str, ...]] = {
    "AUD": ("A$", "AU$", "$", "dollar", "dollars"),
    "BRL": ("R$", "real", "reais"),
    "CAD": ("C$", "CA$", "$", "dollar", "dollars"),
    "CHF": ("Fr.", "Fr", "SFr.", "Franken", "francs"),
    "CNY": ("¥", "￥", "元", "RMB", "yuan"),
    "CZK": ("Kč",),
    "DKK": ("kr.", "kr", "kroner"),
    "EUR": ("€", "euro", "euros", "eur"),
    "GBP": ("£", "pound", "pounds"),
    "HKD": ("HK$", "$", "dollars"),
    "HUF": ("Ft",),
    "ILS": ("₪",),
    "INR": ("₹", "Rs.", "Rs", "rupees"),
    "ISK": ("kr.", "kr"),
    "JPY": ("¥", "￥", "円", "yen"),
    "KRW": ("₩", "원", "won"),
    "MXN": ("MX$", "Mex$", "$", "pesos"),
    "NOK": ("kr.", "kr", "kroner"),
    "NZD": ("NZ$", "$", "dollar", "dollars"),
    "PHP": ("₱", "pesos"),
    "PLN": ("zł", "zl"),
    "RUB": ("₽", "руб.", "руб", "р."),
    "SEK": ("kr.", "kr", "kronor"),
    "SGD": ("S$", "$", "dollar", "dollars"),
    "THB": ("฿", "baht"),
    "TRY": ("₺", "TL"),
    "UAH": ("₴", "грн"),
    "USD": ("US$", "$", "dollar", "dollars"),
    "VND": ("₫", "đ"),
    "ZAR": ("rand",),
}
"""Signs and words that stand for a currency beside its code; one of them can stand for several."""
