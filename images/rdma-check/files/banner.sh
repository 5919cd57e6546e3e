# Shown at every interactive login, so that what is inside is known without asking.
case $- in
  *i*) [ -r /usr/share/halobox/banner ] && cat /usr/share/halobox/banner ;;
esac

# Debian's login PATH of people other than root lacks the folder of ethtool.
case :$PATH: in
  *:/usr/sbin:*) ;;
  *) PATH=$PATH:/usr/sbin ;;
esac

ulimit -S -c 0 2>/dev/null || :
