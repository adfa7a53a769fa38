"""Where two texts of one form say different things: other numbers, other days, other names in the same place."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from archive.duplicates.alignment import Replaced
from archive.duplicates.numbers import SIGN

# A longer run than this is a passage told otherwise, no slot of a form.
SLOT = 8

# So many first words are the lead, where the news stands: a number that disagrees there counts so many times.
LEAD, IN_LEAD = 40, 3

# Words any editor changes without changing what is told: joints of sentences, verbs of saying and being, forms of
# address. Folded, without half-spaces. Whatever is not here may be a name, a thing, a state of affairs.
COMMON = frozenset(
    """
    و یا هم نیز همچنین از به با بر در تا که را این آن ان اینکه انکه همین همان چنین چنان اما ولی لیکن بلکه اگر
    چون زیرا هر هیچ همه تمام تمامی کل برخی بعضی چند چندین بسیار بسیاری خیلی کمی بیش بیشتر کمتر حدود تقریبا یک
    یکی دیگر دیگری سایر او وی ایشان ما شما من تو انها انان اینها خود خویش خودش یکدیگر ها های هایی ای ام ات اش
    مان تان شان ی تر ترین می نمی است هست نیست بود نبود شد نشد شده نشده شود نشود شوند باشد باشند باشیم نباشد دارد
    دارند داریم داشت داشته داشتند داشتن کرد کرده کردند کردن کند کنند کنیم کنم نکرد نمود نموده نمودند نماید
    نمایند گردید گردیده گردد گشت خواهد خواهند خواهیم باید شاید توان توانست بتواند بتوانند میشود میشوند میکند
    میکنند میکنیم میکنم میکرد میکردند میگردد میباشد میباشند دهد دهند داد داده دادند دادن بوده بودند بودن هستند
    هستیم هستم نیستند شدن شدند گرفت گرفته گرفتند گیرد گیرند رسید رسیده یافت یافته گفت گفته گفتند گوید میگوید
    افزود اضافه اظهار بیان تصریح تاکید تأکید خاطر نشان خاطرنشان یاداور یاد اور عنوان ابراز اشاره ادامه اعلام خبر
    گزارش نقل قول عقیده اعتقاد معتقد توضیح مطرح خطاب ذکر اذعان متذکر نوشت نوشته سخن سخنان صحبت پایان خاتمه اغاز
    ابتدا گذشته اینده پیش پس قبل بعد هنگام هنگامی زمان زمانی حین ضمن طی طول حال حالی اکنون امروز دیروز فردا امشب
    دیشب صبح ظهر عصر شب روز روزها هفته ماه سال ساعت لحظه برای جهت منظور راستای خصوص مورد باره درباره رابطه زمینه
    دلیل علت واسطه وسیله طریق توسط سوی طرف جانب نزد نفر تن فرد افراد شخص کس کسی کسانی گروه دستگاه فروند عدد
    تعداد شمار شماری رقم میزان مقدار درصد اقای خانم جناب دکتر مهندس حاج سید حجت الاسلام المسلمین ایت الله سردار
    سرهنگ سرتیپ مرحوم شهید علاوه افزون گفتنی شایان لازم البته بنابراین بدین گونه ترتیب طور گرچه اگرچه هرچند چرا
    چه چگونه کدام کجا مهم بزرگ جدید خوب قرار کشور کشورمان جاری فوق مذکور یادشده مزبور نامبرده وجود حضور انجام
    صورت شرح روی زیر بالا
    """.replace("\N{ZERO WIDTH NON-JOINER}", "").split()
)
# Days and months: facts of the same rank as numbers.
DATES = frozenset(
    """
    شنبه یکشنبه دوشنبه چهارشنبه پنجشنبه جمعه سه‌شنبه
    فروردین اردیبهشت خرداد تیر مرداد شهریور مهر ابان اذر دی بهمن اسفند
    فروردینماه اردیبهشتماه خردادماه تیرماه مردادماه شهریورماه مهرماه ابانماه اذرماه دیماه بهمنماه اسفندماه
    ژانویه فوریه مارس اوریل مه می ژوئن ژوین ژوییه جولای اوت اگوست سپتامبر اکتبر نوامبر دسامبر
    محرم صفر رجب شعبان رمضان شوال ذیقعده ذیحجه
    """.replace("\N{ZERO WIDTH NON-JOINER}", "").split()
) - {"می", "مه", "دی"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Slots:
    """How often two texts say other things in the same place: `numbers` (days among them) and `names`.

    A number counts thrice in the lead.
    """

    numbers: int
    names: int


def compare_slots(replaced: Iterable[Replaced]) -> Slots:
    """Count in the replaced runs of an alignment where numbers disagree, and where names do."""
    numbers = names = 0
    for of_a, of_b, at in replaced:
        left, right = _without_joined(of_a, of_b)
        if not left or not right or max(len(left), len(right)) > SLOT:
            continue
        disagreeing = _disagreeing_numbers(left, right)
        numbers += disagreeing * (IN_LEAD if at < LEAD else 1)
        names += 0 if disagreeing else _disagreeing_names(left, right)
    return Slots(numbers=numbers, names=names)


def _without_joined(a: Sequence[str], b: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return two runs without what is the same at both ends when blanks are left out: «می شود» is «میشود»."""
    left, right = _without_head(list(a), list(b))
    left, right = _without_head([one[::-1] for one in reversed(left)], [one[::-1] for one in reversed(right)])
    return [one[::-1] for one in reversed(left)], [one[::-1] for one in reversed(right)]


def _without_head(a: list[str], b: list[str]) -> tuple[list[str], list[str]]:
    heads = {"".join(a[:size]): size for size in range(1, len(a) + 1)}
    for size in range(len(b), 0, -1):
        head = "".join(b[:size])
        if head in heads:
            return a[heads[head] :], b[size:]
    return a, b


def _disagreeing_numbers(a: Sequence[str], b: Sequence[str]) -> int:
    of_a, of_b = _facts(a), _facts(b)
    if "".join(of_a) == "".join(of_b):
        return 0  # «۱۰۴ هزار و ۶۶۸» with a word of it lost
    left, right = Counter(of_a), Counter(of_b)
    return min((left - right).total(), (right - left).total())


def _facts(words: Sequence[str]) -> list[str]:
    """Return the days and the numbers among `words`, these by their digits: 5 million with its scale lost is yet 5."""
    return [
        one.lstrip(SIGN).replace(".", "").strip("0") if one[0] == SIGN else one
        for one in words
        if one[0] == SIGN or one in DATES
    ]


def _disagreeing_names(a: Sequence[str], b: Sequence[str]) -> int:
    """Return how many words of weight each side has that the other has not; a word spelt much alike is none."""
    left, right = _weighty(a), _weighty(b)
    if any(_alike(one, other) for one in left for other in right):
        return 0
    return min(len(left), len(right))


def _weighty(words: Sequence[str]) -> list[str]:
    return [one for one in words if one not in COMMON and one[0] != SIGN and len(one) > 1]


def _alike(one: str, other: str) -> bool:
    """Whether two words are spellings or inflections of one: all but two letters of the longer at its beginning."""
    shorter, longer = sorted((one, other), key=len)
    return len(shorter) > 2 and longer.startswith(shorter) and len(longer) - len(shorter) <= 2  # noqa: PLR2004
